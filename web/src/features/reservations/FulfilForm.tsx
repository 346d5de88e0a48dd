import { Alert, Button, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Reservation } from '~/api/schema.gen'
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
import { useFulfilReservation } from './api'
import { reservationTexts } from './texts'

/** What goes out of a reservation now: by scanning, by typing, or all of it. */
export function FulfilForm({ reservation }: { reservation: Reservation }) {
  const t = useTexts(reservationTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const format = useFormat()
  const can = useCan()
  const queryClient = useQueryClient()
  const fulfil = useFulfilReservation()
  const open = reservation.lines.filter(line => line.open > 0)
  const [out, setOut] = useState<Record<number, number | string>>({})
  const [result, setResult] = useState<ScanResult | null>(null)
  useScanner(async code => {
    const product = await queryClient.fetchQuery(productByCode(code)).catch(() => null)
    const line = open.find(one => one.product_id === product?.id || one.sku === code)
    if (!line) {
      play('refused')
      return setResult({ tone: 'bad', title: t('scanUnknown', { code }) })
    }
    const now = sum(Number(out[line.line]) || 0, 1)
    if (now > line.open) {
      play('warning')
      return setResult({ tone: 'warn', title: t('scanFull', { sku: line.sku }) })
    }
    play('done')
    setOut(before => ({ ...before, [line.line]: now }))
    setResult({
      tone: 'good',
      title: `${format.quantity(now)} / ${format.quantity(line.open)}`,
      text: product?.name ?? line.sku,
    })
  })
  const lines = open
    .map(line => ({ line: line.line, quantity: Number(out[line.line]) || 0 }))
    .filter(line => line.quantity > 0)
  const off = !can('stock.move')
    ? ui('notAllowed', { permission: 'stock.move' })
    : lines.length === 0
      ? t('fulfilNothing')
      : undefined
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (off !== undefined) return
        const quantity = format.quantity(sum(...lines.map(line => line.quantity)))
        fulfil.mutateAsync({ id: reservation.id ?? 0, lines }).then(
          done => notifyDone(t('fulfilledDone', { number: done.number ?? '', quantity })),
          () => {}, // it is shown above the lines
        )
      }}
    >
      <Stack gap="sm">
        <Text fz="sm" c="dimmed">
          {t('fulfilHint')}
        </Text>
        {result && <ScanFeedback result={result} />}
        {fulfil.isError && (
          <Alert color="red" role="alert">
            {text(fulfil.error)}
          </Alert>
        )}
        <ul className={stock.lines} aria-label={t('fulfil')}>
          {open.map(line => (
            <li key={line.line} className={stock.line}>
              <div className={stock.lineName}>
                <Text fz="sm" className="code">
                  {line.sku}
                </Text>
                <Text fz="xs" c="dimmed">
                  {t('open')}: {format.quantity(line.open)}
                </Text>
              </div>
              <NumberInput
                className={stock.quantity}
                aria-label={t('nowOf', { sku: line.sku })}
                min={0}
                max={line.open}
                decimalScale={6}
                value={out[line.line] ?? ''}
                onChange={quantity => setOut(before => ({ ...before, [line.line]: quantity }))}
              />
            </li>
          ))}
        </ul>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => setOut(Object.fromEntries(open.map(line => [line.line, line.open])))}
          >
            {t('fulfilAll')}
          </Button>
          <ActionButton type="submit" loading={fulfil.isPending} disabledReason={off}>
            {t('fulfil')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
