import { Checkbox, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { NewStockMovement, PostedMovementKind, Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { movementTexts } from '~/ui/movements'
import { notifyDone } from '~/ui/problems'
import { previewMovement, usePostMovement } from './api'
import { LinesEditor } from './LinesEditor'
import { PlacePicker } from './PlacePicker'
import { Change, lineFaults, Preview, usePreview } from './preview'
import classes from './Stock.module.css'
import { StockForm } from './StockForm'
import { stockTexts } from './texts'
import { isShort, useLinesForm } from './useLinesForm'

const KINDS = { receive: ['receipt', 'return_in'], issue: ['issue', 'return_out'] } as const

interface MovementFormProps {
  direction: keyof typeof KINDS
  initial: Product | null
}

/** Receive without an order, or issue: one movement of any number of products, all or none. */
export function MovementForm({ direction, initial }: MovementFormProps) {
  const t = useTexts(stockTexts)
  const kindText = useTexts(movementTexts)
  const post = usePostMovement()
  const form = useLinesForm(initial)
  const { lines, reference } = form
  const [kind, setKind] = useState<PostedMovementKind>(KINDS[direction][0])
  const [reason, setReason] = useState('')
  const [shorten, setShorten] = useState(false)
  const body: NewStockMovement | null = form.sent && {
    kind,
    lines: form.sent.map((line, at) => {
      const cost = lines[at]?.cost
      return { ...line, ...(cost && direction === 'receive' && { unit_cost: cost }) }
    }),
    ...(reason.trim() && { reason: reason.trim() }),
    ...(reference.trim() && { reference: reference.trim() }),
    ...(shorten && { shorten_reservations: true }),
  }
  const preview = usePreview('movement', form.sending ? null : body, previewMovement)
  const send = (wanted: NewStockMovement) =>
    form.send(
      () => post.mutateAsync(wanted),
      done => {
        notifyDone(t('posted', { kind: kindText(done.kind), count: lines.length }))
        form.setLines([])
        form.setReference('')
        setReason('')
        setShorten(false)
      },
    )
  return (
    <StockForm
      fault={form.fault}
      missing={form.missing}
      loading={post.isPending}
      submitText={t(direction)}
      onSubmit={() => body && void send(body)}
    >
      <PlacePicker place={form.place} onPlace={form.setPlace} />
      <LinesEditor
        lines={lines}
        onLines={form.setLines}
        withCost={direction === 'receive' && kind === 'receipt'}
        faults={{ ...preview.faults, ...lineFaults(form.fault) }}
      />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" verticalSpacing="sm">
        <Select
          label={t('kind')}
          data={KINDS[direction].map(one => ({ value: one, label: kindText(one) }))}
          value={kind}
          onChange={value => value && setKind(value)}
          allowDeselect={false}
        />
        <TextInput
          label={t('reference')}
          placeholder={t('referenceHint')}
          value={reference}
          onChange={event => form.setReference(event.currentTarget.value)}
        />
        <TextInput
          label={t('reason')}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </SimpleGrid>
      {(shorten || isShort(preview.error)) && direction === 'issue' && (
        <Checkbox
          label={t('shorten')}
          checked={shorten}
          onChange={event => setShorten(event.currentTarget.checked)}
        />
      )}
      <Preview error={preview.error}>
        {preview.outcome?.lines.map(line => (
          <LineOutcome key={`${line.product_id} ${line.location_id} ${line.lot}`} line={line} />
        ))}
      </Preview>
    </StockForm>
  )
}

interface Outcome {
  sku: string
  warehouse: string
  location: string
  on_hand_before: number
  on_hand_after: number
}

function LineOutcome({ line }: { line: Outcome }) {
  const format = useFormat()
  return (
    <div className={classes.previewRow}>
      <Text span fz="sm">
        <span className="code">{line.sku}</span>{' '}
        <Text span fz="xs" c="dimmed">
          {line.warehouse} · {line.location}
        </Text>
      </Text>
      <Change before={format.quantity(line.on_hand_before)} after={format.quantity(line.on_hand_after)} />
    </div>
  )
}
