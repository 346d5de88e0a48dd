import { Alert, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { NewReservation, Product } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { notifyDone, useProblemText } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { previewReservation, useReserveStock } from './api'
import { LinesEditor } from './LinesEditor'
import { areComplete, type Line, NOWHERE, oneMore, type Place, placeBody } from './lines'
import { PlacePicker } from './PlacePicker'
import { lineFaults, Preview, usePreview } from './preview'
import { useStockScan } from './resolve'
import classes from './Stock.module.css'
import { stockTexts } from './texts'

const HOUR_S = 3600
const LIFETIMES = { never: null, hour: HOUR_S, day: 24 * HOUR_S, week: 168 * HOUR_S } as const
type Lifetime = keyof typeof LIFETIMES

/** Promise stock to somebody: all lines are held, or none. Without a warehouse the server says where. */
export function ReserveForm({ initial }: { initial: Product | null }) {
  const t = useTexts(stockTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const format = useFormat()
  const can = useCan()
  const navigate = useNavigate()
  const reserve = useReserveStock()
  const [place, setPlace] = useState<Place>(NOWHERE)
  const [lines, setLines] = useState<Line[]>(() => (initial ? oneMore([], initial) : []))
  const [reference, setReference] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const [fault, setFault] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const seconds = LIFETIMES[lifetime]
  const body: NewReservation | null = areComplete(lines)
    ? {
        lines: lines.map(line => ({
          product_id: line.product.id,
          quantity: Number(line.quantity),
          ...placeBody(place),
        })),
        ...(seconds !== null && { expires_in_s: seconds }),
        ...(reference.trim() && { reference: reference.trim() }),
      }
    : null
  const preview = usePreview('reservation', sending ? null : body, previewReservation)
  useStockScan({
    warehouse: place.warehouse,
    onProduct: product => setLines(before => oneMore(before, product)),
    onLocation: location => setPlace({ warehouse: location.warehouse, locationId: location.id }),
  })
  const missing = !can('stock.reserve')
    ? ui('notAllowed', { permission: 'stock.reserve' })
    : lines.length === 0
      ? t('noLines')
      : body === null
        ? t('noQuantity')
        : undefined
  const send = async () => {
    if (!body) return
    setFault(null)
    setSending(true)
    try {
      const made = await reserve.mutateAsync(body)
      play('done')
      notifyDone(t('reserved', { number: made.number ?? '' }))
      await navigate({ to: '/reservations/$reservationId', params: { reservationId: String(made.id) } })
    } catch (error) {
      setSending(false)
      play('refused')
      setFault(error)
    }
  }
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (missing === undefined) void send()
      }}
    >
      <Stack gap="sm">
        {fault !== null && (
          <Alert color="red" role="alert">
            {text(fault)}
          </Alert>
        )}
        <LinesEditor lines={lines} onLines={setLines} faults={{ ...preview.faults, ...lineFaults(fault) }} />
        <PlacePicker place={place} onPlace={setPlace} optional anywhere={t('noLocation')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <TextInput
            label={t('reference')}
            placeholder={t('referenceHint')}
            value={reference}
            onChange={event => setReference(event.currentTarget.value)}
          />
          <Select
            label={t('expires')}
            data={(Object.keys(LIFETIMES) as Lifetime[]).map(one => ({ value: one, label: t(one) }))}
            value={lifetime}
            onChange={value => value && setLifetime(value as Lifetime)}
            allowDeselect={false}
          />
        </SimpleGrid>
        <Preview error={preview.error}>
          {preview.outcome?.lines.flatMap(line =>
            line.allocations.map(part => (
              <div key={`${line.line} ${part.location_id} ${part.lot}`} className={classes.previewRow}>
                <Text span fz="sm">
                  <span className="code">{line.sku}</span>{' '}
                  <Text span fz="xs" c="dimmed">
                    {t('heldAt', { place: `${part.warehouse} · ${part.location}` })}
                  </Text>
                </Text>
                <b className="num">{format.quantity(part.open)}</b>
              </div>
            )),
          )}
        </Preview>
        <Group justify="flex-end">
          <ActionButton type="submit" loading={reserve.isPending} disabledReason={missing}>
            {t('reserve')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
