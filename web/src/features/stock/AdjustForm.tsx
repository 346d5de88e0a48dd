import {
  Alert,
  Autocomplete,
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { NewStockAdjustment, Product, StockLevel } from '~/api/schema.gen'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { notifyDone, useProblemText } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { useUnit } from '~/ui/units'
import { previewAdjustment, useAdjustStock, useLevels } from './api'
import { NOWHERE, type Place, placeBody, sum } from './lines'
import { MeanwhileDialog } from './MeanwhileDialog'
import { PlacePicker } from './PlacePicker'
import { Preview, usePreview } from './preview'
import { useStockScan } from './resolve'
import classes from './Stock.module.css'
import { stockTexts } from './texts'
import { isShort } from './useLinesForm'

type How = 'delta' | 'counted'

/** What is in the form. */
interface Draft {
  product: Product | null
  place: Place
  lot: string | null
  how: How
  amount: number | string
  reason: string
  note: string
  shorten: boolean
  /** On hand when the person began to write the quantity: what the change is meant for. */
  seen: number | null
}

const EMPTY: Omit<Draft, 'product' | 'place' | 'how'> = {
  lot: null,
  amount: '',
  reason: '',
  note: '',
  shorten: false,
  seen: null,
}

/** Levels of the product at this place. */
function levelsAt(levels: readonly StockLevel[], { place, lot }: Draft): StockLevel[] {
  return levels.filter(
    level =>
      level.warehouse === place.warehouse &&
      (place.locationId === null || level.location_id === place.locationId) &&
      (lot === null || level.lot === lot),
  )
}

function bodyOf(draft: Draft): NewStockAdjustment | null {
  const { product, amount, how, place, reason } = draft
  const quantity = Number(amount)
  if (!product || amount === '' || Number.isNaN(quantity) || (how === 'delta' && quantity === 0)) return null
  return {
    product_id: product.id,
    ...placeBody(place),
    ...(how === 'delta' ? { delta: quantity } : { counted: quantity }),
    reason: reason.trim() || '–',
    ...(draft.lot !== null && { lot: draft.lot }),
    ...(draft.note.trim() && { note: draft.note.trim() }),
    ...(draft.shorten && { shorten_reservations: true }),
  }
}

/** Put right how much of one product is at one place. What others change meanwhile is told, and decided by the person. */
export function AdjustForm({ initial }: { initial: Product | null }) {
  const t = useTexts(stockTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const format = useFormat()
  const adjust = useAdjustStock()
  const [draft, setDraft] = useState<Draft>({ product: initial, place: NOWHERE, how: 'counted', ...EMPTY })
  const [fault, setFault] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const [meanwhile, setMeanwhile] = useState<{ seen: number; now: number } | null>(null)
  const levels = useLevels(draft.product?.id ?? null)
  const change = (next: Partial<Draft>) => setDraft(before => ({ ...before, ...next }))

  const known = levels.data ?? []
  const here = levelsAt(known, draft)
  const onHand = sum(...here.map(level => level.on_hand))
  useOnlyPlace(draft, levels.data, change)
  const body = bodyOf(draft)
  const preview = usePreview('adjustment', sending ? null : body, previewAdjustment)
  const pick = (product: Product) =>
    setDraft(before => ({ ...before, ...EMPTY, product, place: NOWHERE, reason: before.reason }))
  useStockScan({
    warehouse: draft.place.warehouse,
    onProduct: pick,
    onLocation: location =>
      change({ place: { warehouse: location.warehouse, locationId: location.id }, lot: null, seen: null }),
  })

  const send = async (expected: number) => {
    if (!body || !draft.product) return
    setFault(null)
    setSending(true)
    try {
      const done = await adjust.mutateAsync({ ...body, expected_on_hand: expected })
      play('done')
      setMeanwhile(null)
      const quantities = {
        before: format.quantity(done.on_hand_before),
        after: format.quantity(done.on_hand_after),
      }
      notifyDone(t('adjusted', { name: draft.product.name, ...quantities }))
      change({ amount: '', note: '', shorten: false, seen: null })
    } catch (error) {
      play('refused')
      if (error instanceof Problem && error.code === 'stale_quantity') {
        return setMeanwhile({ seen: expected, now: Number(error.body.on_hand) })
      }
      setMeanwhile(null)
      setFault(error)
    } finally {
      setSending(false)
    }
  }
  const seen = draft.seen ?? onHand
  const missing = !draft.product
    ? t('noProduct')
    : levels.isPending
      ? ui('loading') // what the change is meant for is not known yet, nor where it is
      : here.length > 1
        ? t('chooseLocation')
        : draft.reason.trim() === ''
          ? t('reasonMissing')
          : body === null
            ? t(draft.how === 'delta' ? 'delta' : 'counted')
            : undefined

  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (missing === undefined) void send(seen)
      }}
    >
      <Stack gap="sm">
        {fault !== null && (
          <Alert color="red" role="alert">
            {text(fault)}
          </Alert>
        )}
        <ProductPicker label={draft.product ? t('otherProduct') : t('product')} onPick={pick} />
        {draft.product && <Chosen product={draft.product} />}
        <PlacePicker
          place={draft.place}
          onPlace={place => change({ place, lot: null, seen: null })}
          levels={known}
          error={here.length > 1 ? t('chooseLocation') : undefined}
        />
        <LotPicker levels={levelsAt(known, { ...draft, lot: null })} draft={draft} onChange={change} />
        {draft.product && levels.data && (
          <Text fz="sm" role="status">
            {t('nowHere', {
              quantity: format.quantity(onHand),
              reserved: format.quantity(sum(...here.map(level => level.reserved))),
            })}
            {draft.seen !== null && draft.seen !== onHand && (
              <Text span fz="sm" className="warn">
                {' '}
                {t('sawBefore', { before: format.quantity(draft.seen), now: format.quantity(onHand) })}
              </Text>
            )}
          </Text>
        )}
        <Quantity draft={draft} onHand={levels.data ? onHand : null} onChange={change} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <Autocomplete
            label={t('reason')}
            required
            data={[t('count'), t('damaged'), t('lost'), t('found'), t('theft'), t('ownUse')]}
            filter={({ options }) => options}
            value={draft.reason}
            onChange={reason => change({ reason })}
          />
          <TextInput
            label={t('note')}
            value={draft.note}
            onChange={event => change({ note: event.currentTarget.value })}
          />
        </SimpleGrid>
        {(draft.shorten || isShort(preview.error)) && (
          <Checkbox
            label={t('shorten')}
            checked={draft.shorten}
            onChange={event => change({ shorten: event.currentTarget.checked })}
          />
        )}
        <Preview error={preview.error}>
          {preview.outcome && (
            <>
              <div className={classes.change}>
                {format.quantity(preview.outcome.on_hand_before)}
                <span className={classes.arrow}>→</span>
                {format.quantity(preview.outcome.on_hand_after)}
              </div>
              <Text fz="sm">
                {t('availableAfter', { quantity: format.quantity(preview.outcome.available) })}
              </Text>
            </>
          )}
        </Preview>
        <Group justify="flex-end">
          <ActionButton type="submit" loading={adjust.isPending} disabledReason={missing}>
            {t('adjust')}
          </ActionButton>
        </Group>
      </Stack>
      <MeanwhileDialog
        change={meanwhile}
        name={draft.product?.name ?? ''}
        after={now => (draft.how === 'counted' ? Number(draft.amount) : sum(now, Number(draft.amount)))}
        pending={adjust.isPending}
        onApply={now => void send(now)}
        onClose={() => {
          setMeanwhile(null)
          change({ seen: null })
          void levels.refetch()
        }}
      />
    </form>
  )
}

/** A product that lies at one place only is adjusted there; of several warehouses the first that holds it is chosen. */
function useOnlyPlace(
  draft: Draft,
  levels: readonly StockLevel[] | undefined,
  change: (next: Partial<Draft>) => void,
): void {
  const [asked, setAsked] = useState<number | null>(null)
  const id = draft.product?.id ?? null
  if (id === null || levels === undefined || asked === id) return
  setAsked(id)
  const held = levels.filter(level => level.on_hand > 0 && level.location_kind !== 'transit')
  const [first] = held
  if (!first || draft.place.locationId !== null) return
  const alone = held.filter(level => level.warehouse === first.warehouse).length === 1
  change({ place: { warehouse: first.warehouse, locationId: alone ? first.location_id : null } })
}

function Chosen({ product }: { product: Product }) {
  const unit = useUnit()
  return (
    <div className={classes.chosen}>
      <Text component={Link} to={`/products/${product.id}`} fw={600} className={classes.lineTitle}>
        {product.name}
      </Text>
      <Text fz="xs" c="dimmed">
        <span className="code">{product.sku}</span> · {unit(product.unit)}
      </Text>
    </div>
  )
}

interface PartProps {
  draft: Draft
  onChange: (next: Partial<Draft>) => void
}

function LotPicker({ levels, draft, onChange }: PartProps & { levels: readonly StockLevel[] }) {
  const t = useTexts(stockTexts)
  const lots = [...new Set(levels.flatMap(level => level.lot ?? []))]
  if (lots.length === 0) return null
  return (
    <Select
      label={t('lot')}
      data={lots}
      value={draft.lot}
      onChange={lot => onChange({ lot, seen: null })}
      clearable
      clearButtonProps={{ 'aria-label': t('anyLot') }}
    />
  )
}

/** The quantity. `onHand` is what the person sees; null: nothing yet. */
function Quantity({ draft, onHand, onChange }: PartProps & { onHand: number | null }) {
  const t = useTexts(stockTexts)
  const decimals = draft.product?.unit === 'each' ? 0 : 6
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      <Stack gap={4}>
        <Text fz="sm" fw={500} id="adjust-how">
          {t('how')}
        </Text>
        <SegmentedControl
          aria-labelledby="adjust-how"
          data={[
            { value: 'counted', label: t('byCount') },
            { value: 'delta', label: t('byDelta') },
          ]}
          value={draft.how}
          onChange={how => onChange({ how: how === 'delta' ? 'delta' : 'counted', amount: '' })}
        />
      </Stack>
      <NumberInput
        label={t(draft.how)}
        required
        {...(draft.how === 'counted' && { min: 0 })}
        decimalScale={decimals}
        value={draft.amount}
        onChange={amount => onChange({ amount, seen: amount === '' ? null : (draft.seen ?? onHand) })}
      />
    </SimpleGrid>
  )
}
