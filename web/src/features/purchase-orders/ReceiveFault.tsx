import { Alert, Button, Group, Text } from '@mantine/core'
import { Problem } from '~/api/problem'
import type { PurchaseOrder } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useProblemText } from '~/ui/problems'
import { partsElsewhere, type Receiving, type } from './receiving'
import { receivingTexts } from './receivingTexts'
import type { ChangeReceiving } from './useReceiving'

interface ReceiveFaultProps {
  error: unknown
  order: PurchaseOrder
  receiving: Receiving
  onChange: ChangeReceiving
}

/** Why it was not posted. More than is open is said in words, with what can be taken. */
export function ReceiveFault({ error, order, receiving, onChange }: ReceiveFaultProps) {
  const t = useTexts(receivingTexts)
  const text = useProblemText()
  const format = useFormat()
  if (!(error instanceof Problem) || error.code !== 'over_receipt') {
    return (
      <Alert color="red" role="alert" mb="sm">
        {text(error)}
      </Alert>
    )
  }
  const [open, tolerated, requested] = ['open', 'tolerated', 'requested'].map(
    name => Number(error.body[name]) || 0,
  ) as [number, number, number]
  const line = order.lines.find(one => one.id === error.body.line_id)
  const elsewhere = line ? sum(...partsElsewhere(receiving, line.id).map(part => part.quantity)) : 0
  const fits = Math.max(0, sum(open, -elsewhere))
  return (
    <Alert color="red" role="alert" mb="sm" title={t('overTitle')}>
      <Text fz="sm">
        {t('over', {
          name: line?.name ?? '',
          requested: format.quantity(requested),
          open: format.quantity(open),
        })}{' '}
        {tolerated > 0 && t('overTolerated', { quantity: format.quantity(tolerated) })} {t('overWhat')}
      </Text>
      {line && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={() => onChange(before => type(before, line.id, fits))}>
            {t('take', { count: fits })}
          </Button>
        </Group>
      )}
    </Alert>
  )
}
