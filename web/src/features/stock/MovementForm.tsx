import { Alert, Checkbox, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { NewStockMovement, PostedMovementKind, Product } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { priceOf } from '~/features/products/form'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { movementTexts } from '~/ui/movements'
import { notifyDone, useProblemText } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { previewMovement, usePostMovement } from './api'
import { LinesEditor } from './LinesEditor'
import { areComplete, type Line, NOWHERE, oneMore, type Place, placeBody } from './lines'
import { PlacePicker } from './PlacePicker'
import { Change, lineFaults, Preview, usePreview } from './preview'
import { useStockScan } from './resolve'
import classes from './Stock.module.css'
import { stockTexts } from './texts'

const KINDS = { receive: ['receipt', 'return_in'], issue: ['issue', 'return_out'] } as const

interface MovementFormProps {
  direction: keyof typeof KINDS
  initial: Product | null
}

/** Receive without an order, or issue: one movement of any number of products, all or none. */
export function MovementForm({ direction, initial }: MovementFormProps) {
  const t = useTexts(stockTexts)
  const kindText = useTexts(movementTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const can = useCan()
  const post = usePostMovement()
  const [kind, setKind] = useState<PostedMovementKind>(KINDS[direction][0])
  const [place, setPlace] = useState<Place>(NOWHERE)
  const [lines, setLines] = useState<Line[]>(() => (initial ? oneMore([], initial) : []))
  const [reference, setReference] = useState('')
  const [reason, setReason] = useState('')
  const [shorten, setShorten] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const [sending, setSending] = useState(false)

  const body: NewStockMovement | null = areComplete(lines)
    ? {
        kind,
        lines: lines.map(line => ({
          product_id: line.product.id,
          quantity: Number(line.quantity),
          ...placeBody(place),
          ...(line.cost.trim() && direction === 'receive' && { unit_cost: priceOf(line.cost) }),
        })),
        ...(reason.trim() && { reason: reason.trim() }),
        ...(reference.trim() && { reference: reference.trim() }),
        ...(shorten && { shorten_reservations: true }),
      }
    : null
  const preview = usePreview('movement', sending ? null : body, previewMovement)
  useStockScan({
    warehouse: place.warehouse,
    onProduct: product => setLines(before => oneMore(before, product)),
    onLocation: location => setPlace({ warehouse: location.warehouse, locationId: location.id }),
  })
  const missing = !can('stock.move')
    ? ui('notAllowed', { permission: 'stock.move' })
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
      const done = await post.mutateAsync(body)
      play('done')
      notifyDone(t('posted', { kind: kindText(done.kind), count: lines.length }))
      setLines([])
      setReference('')
      setReason('')
      setShorten(false)
    } catch (error) {
      play('refused')
      setFault(error)
    } finally {
      setSending(false)
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
        <PlacePicker place={place} onPlace={setPlace} />
        <LinesEditor
          lines={lines}
          onLines={setLines}
          withCost={direction === 'receive' && kind === 'receipt'}
          faults={{ ...preview.faults, ...lineFaults(fault) }}
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
            onChange={event => setReference(event.currentTarget.value)}
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
        <Group justify="flex-end">
          <ActionButton type="submit" loading={post.isPending} disabledReason={missing}>
            {t(direction)}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}

function isShort(error: unknown): boolean {
  return error instanceof Problem && error.code === 'insufficient_stock'
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
