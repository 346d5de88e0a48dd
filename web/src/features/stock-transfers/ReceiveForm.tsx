import { Alert, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { StockTransfer } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { productByCode } from '~/features/products/api'
import { sum } from '~/features/stock/lines'
import stock from '~/features/stock/Stock.module.css'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { notifyDone, useProblemText } from '~/ui/problems'
import { ScanFeedback, type ScanResult } from '~/ui/ScanFeedback'
import { uiTexts } from '~/ui/texts'
import { useReceiveTransfer } from './api'
import { transferTexts } from './texts'

/** What has arrived of a transfer: by scanning, by typing, or all of it; what is lost can be written off at once. */
export function ReceiveForm({ transfer }: { transfer: StockTransfer }) {
  const t = useTexts(transferTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const format = useFormat()
  const can = useCan()
  const queryClient = useQueryClient()
  const receive = useReceiveTransfer()
  const open = transfer.lines.filter(line => line.in_transit > 0)
  const [arrived, setArrived] = useState<Record<number, number | string>>({})
  const [closing, setClosing] = useState(false)
  const [reason, setReason] = useState('')
  const [result, setResult] = useState<ScanResult | null>(null)

  useScanner(async code => {
    const product = await queryClient.fetchQuery(productByCode(code)).catch(() => null)
    const line = open.find(one => one.product_id === product?.id || one.sku === code)
    if (!line) {
      play('refused')
      return setResult({ tone: 'bad', title: t('scanUnknown', { code }) })
    }
    const now = sum(Number(arrived[line.line]) || 0, 1)
    if (now > line.in_transit) {
      play('warning')
      return setResult({ tone: 'warn', title: t('scanFull', { name: line.name }) })
    }
    play('done')
    setArrived(before => ({ ...before, [line.line]: now }))
    setResult({
      tone: 'good',
      title: `${format.quantity(now)} / ${format.quantity(line.in_transit)}`,
      text: line.name,
    })
  })

  const lines = open
    .map(line => ({ line: line.line, quantity: Number(arrived[line.line]) || 0 }))
    .filter(line => line.quantity > 0)
  const off = !can('stock.move')
    ? ui('notAllowed', { permission: 'stock.move' })
    : closing && reason.trim() === ''
      ? t('closeHint')
      : lines.length === 0 && !closing
        ? t('nothing')
        : undefined
  const send = () =>
    receive
      .mutateAsync({ id: transfer.id, receipt: { lines, ...(closing && { close: reason.trim() }) } })
      .then(
        done => notifyDone(t('receivedDone', { number: done.number })),
        () => {}, // it is shown above the lines
      )
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (off === undefined) send()
      }}
    >
      <Stack gap="sm">
        <Text fz="sm" c="dimmed">
          {t('receiveHint')}
        </Text>
        {result && <ScanFeedback result={result} />}
        {receive.isError && (
          <Alert color="red" role="alert">
            {text(receive.error)}
          </Alert>
        )}
        <ul className={stock.lines} aria-label={t('receive')}>
          {open.map(line => (
            <li key={line.line} className={stock.line}>
              <div className={stock.lineName}>
                <Text fz="sm" fw={550}>
                  {line.name}
                </Text>
                <Text fz="xs" c="dimmed">
                  <span className="code">{line.sku}</span> · {t('transit')}:{' '}
                  {format.quantity(line.in_transit)}
                </Text>
              </div>
              <NumberInput
                className={stock.quantity}
                aria-label={t('nowOf', { name: line.name })}
                min={0}
                max={line.in_transit}
                decimalScale={6}
                value={arrived[line.line] ?? ''}
                onChange={quantity => setArrived(before => ({ ...before, [line.line]: quantity }))}
              />
            </li>
          ))}
        </ul>
        <Group gap="sm" align="center">
          <Checkbox
            label={t('close')}
            checked={closing}
            onChange={event => setClosing(event.currentTarget.checked)}
          />
          {closing && (
            <TextInput
              aria-label={t('closeHint')}
              placeholder={t('closeHint')}
              value={reason}
              onChange={event => setReason(event.currentTarget.value)}
              style={{ flex: 1, minWidth: 200 }}
            />
          )}
        </Group>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => setArrived(Object.fromEntries(open.map(line => [line.line, line.in_transit])))}
          >
            {t('receiveAll')}
          </Button>
          <ActionButton type="submit" loading={receive.isPending} disabledReason={off}>
            {t('receive')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
