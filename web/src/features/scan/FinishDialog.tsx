import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { StockLevel } from '~/api/schema.gen'
import { Change } from '~/features/stock/preview'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { uiTexts } from '~/ui/texts'
import { keyOf } from './LineList'
import classes from './Scan.module.css'
import { isSamePlace, type ScanLine, type ScanPlace, type ScanSession, totalsOf, unnamed } from './session'
import { scanTexts } from './texts'
import { nameOf } from './useScanning'

const TITLES = {
  lookup: 'finish',
  count: 'finishCount',
  receive: 'finishReceive',
  issue: 'finishIssue',
  move: 'finishMove',
} as const

interface FinishDialogProps {
  opened: boolean
  session: ScanSession
  onClose: () => void
  onFinish: (lines: readonly ScanLine[], reference: string) => void
}

/** What will be entered, before it is: for a count also what the system says is there and nobody has scanned. */
export function FinishDialog({ opened, session, onClose, onFinish }: FinishDialogProps) {
  const t = useTexts(scanTexts)
  const ui = useTexts(uiTexts)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t(TITLES[session.mode])}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <Review session={session} onFinish={onFinish} />
    </Modal>
  )
}

function Review({ session, onFinish }: Pick<FinishDialogProps, 'session' | 'onFinish'>) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const [reference, setReference] = useState('')
  const [zeros, setZeros] = useState<readonly ScanLine[]>([])
  const counting = session.mode === 'count'
  const missed = useMissed(counting ? session.lines : []).filter(
    line => !zeros.some(zero => keyOf(zero) === keyOf(line)),
  )
  const lines = [...session.lines, ...zeros]
  const { units, products } = totalsOf(lines)
  const [nameless] = counting ? unnamed(lines) : []
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (!nameless) onFinish(lines, reference)
      }}
    >
      <Stack gap="sm">
        <Text fw={600}>{t('total', { count: units, products: t('productCount', { count: products }) })}</Text>
        <ul className={classes.review}>
          {lines.map(line => (
            <li key={keyOf(line)} className={classes.reviewLine}>
              <span>
                {line.product?.name ?? line.code}
                <Text span fz="xs" c="dimmed">
                  {line.place && ` ${t('at', { place: nameOf(line.place) })}`}
                  {line.to && ` → ${nameOf(line.to)}`}
                  {line.lot && ` · ${t('lot')} ${line.lot}`}
                </Text>
              </span>
              {counting && line.expected !== null ? (
                <Change before={format.quantity(line.expected)} after={format.quantity(line.quantity)} />
              ) : (
                <b className="num">{format.quantity(line.quantity)}</b>
              )}
            </li>
          ))}
        </ul>
        {missed.length > 0 && (
          <>
            <Group justify="space-between" gap="xs">
              <Text fz="sm" className="warn">
                {t('missed')}
              </Text>
              <Button size="xs" variant="default" onClick={() => setZeros([...zeros, ...missed])}>
                {t('missedZero')}
              </Button>
            </Group>
            <ul className={classes.review}>
              {missed.map(line => (
                <li key={keyOf(line)} className={classes.reviewLine}>
                  <span>
                    {line.product?.name}
                    {line.lot && ` · ${t('lot')} ${line.lot}`}
                  </span>
                  <span className="num">
                    {t('expected', { quantity: format.quantity(line.expected ?? 0) })}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {counting ? (
          <Text fz="xs" c="dimmed">
            {t('finishHint')}
          </Text>
        ) : (
          <TextInput
            label={t('reference')}
            size="md"
            value={reference}
            onChange={event => setReference(event.currentTarget.value)}
          />
        )}
        {nameless && (
          <Text fz="sm" className="warn" role="alert">
            {t('nameLotFirst', { name: nameless.product?.name ?? nameless.code })}
          </Text>
        )}
        <Button type="submit" size="lg" fullWidth data-autofocus disabled={nameless !== undefined}>
          {t('confirm')}
        </Button>
      </Stack>
    </form>
  )
}

/** What should be at the counted places and was not scanned there. */
function useMissed(lines: readonly ScanLine[]): ScanLine[] {
  const places = new Map<number, ScanPlace>()
  for (const { place } of lines) if (place?.locationId != null) places.set(place.locationId, place)
  const answers = useQueries({
    queries: [...places.keys()].map(locationId => ({
      queryKey: keys.stockLevels({ locationId }),
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<StockLevel[]> =>
        everyPage(cursor =>
          data(
            api.GET('/stock-levels', {
              params: { query: { location_id: [locationId], limit: 200, ...(cursor && { cursor }) } },
              signal,
            }),
          ),
        ),
    })),
  })
  return answers
    .flatMap(answer => answer.data ?? [])
    .filter(level => level.on_hand > 0)
    .flatMap(level => {
      const place = places.get(level.location_id) ?? null
      // A line without a lot has counted all lots of its product.
      const scanned = lines.some(
        line =>
          line.product?.id === level.product_id &&
          isSamePlace(line.place, place) &&
          (line.lot === null || line.lot === level.lot),
      )
      const product = { id: level.product_id, sku: level.sku, name: level.name, unit: 'each' }
      const line = {
        code: level.sku,
        product,
        quantity: 0,
        place,
        to: null,
        lot: level.lot,
        expected: level.on_hand,
      }
      return scanned ? [] : [line]
    })
}
