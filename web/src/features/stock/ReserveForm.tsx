import { Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { NewReservation, Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { notifyDone } from '~/ui/problems'
import { useLeadOn } from '~/ui/useLeadOn'
import { previewReservation, useReserveStock } from './api'
import { LinesEditor } from './LinesEditor'
import { PlacePicker } from './PlacePicker'
import { lineFaults, Preview, usePreview } from './preview'
import classes from './Stock.module.css'
import { StockForm } from './StockForm'
import { stockTexts } from './texts'
import { useLinesForm } from './useLinesForm'

const HOUR_S = 3600
const LIFETIMES = { never: null, hour: HOUR_S, day: 24 * HOUR_S, week: 168 * HOUR_S } as const
type Lifetime = keyof typeof LIFETIMES

/** Promise stock to somebody: all lines are held, or none. Without a warehouse the server says where. */
export function ReserveForm({ initial }: { initial: Product | null }) {
  const t = useTexts(stockTexts)
  const format = useFormat()
  const leadOn = useLeadOn()
  const reserve = useReserveStock()
  const form = useLinesForm(initial)
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const seconds = LIFETIMES[lifetime]
  const body: NewReservation | null = form.sent && {
    lines: form.sent,
    ...(seconds !== null && { expires_in_s: seconds }),
    ...(form.reference.trim() && { reference: form.reference.trim() }),
  }
  const preview = usePreview('reservation', form.sending ? null : body, previewReservation)
  const send = (wanted: NewReservation) =>
    form.send(
      () => reserve.mutateAsync(wanted),
      made => {
        notifyDone(t('reserved', { number: made.number ?? '' }))
        form.setLines([]) // what has happened is not asked about again
        void leadOn({ to: '/reservations/$reservationId', params: { reservationId: String(made.id) } })
      },
    )
  return (
    <StockForm
      fault={form.fault}
      missing={form.missing}
      loading={reserve.isPending}
      submitText={t('reserve')}
      onSubmit={() => body && void send(body)}
    >
      <LinesEditor
        lines={form.lines}
        onLines={form.setLines}
        faults={{ ...preview.faults, ...lineFaults(form.fault) }}
      />
      <PlacePicker place={form.place} onPlace={form.setPlace} optional anywhere={t('noLocation')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        <TextInput
          label={t('reference')}
          placeholder={t('referenceHint')}
          value={form.reference}
          onChange={event => form.setReference(event.currentTarget.value)}
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
    </StockForm>
  )
}
