import { ActionIcon, Anchor, NumberInput, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import type { SupplierProduct } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { MoneyInput } from '~/ui/MoneyInput'
import type { DraftLine } from './draft'
import { draftTexts } from './draftTexts'
import type { OrderSupplier } from './OrderEditor'
import classes from './OrderEditor.module.css'
import { costAt, fitOf, nextBreak, totalOf } from './offers'

interface OrderEditorLineProps {
  line: DraftLine
  supplier: OrderSupplier | null
  /** What the supplier sells of it; null: nothing is known. */
  offer: SupplierProduct | null
  fault: string | undefined
  onEdit: (change: Partial<DraftLine>) => void
  onRemove: () => void
  /** Enter in a field: on to the next product. */
  onNext: () => void
}

/** A line of an order that is written. The cost follows the quantity, unless it was typed. */
export function OrderEditorLine(props: OrderEditorLineProps) {
  const { line, supplier, offer, fault, onEdit, onRemove, onNext } = props
  const t = useTexts(draftTexts)
  const format = useFormat()
  const { name, sku } = line.product
  const currency = supplier?.currency ?? ''
  const quantity = Number(line.quantity) || 0
  const sum = totalOf([line])
  const setQuantity = (next: number | string) => {
    const usual = costAt(offer, quantity, currency)
    const follows = line.unitCost === '' || (usual !== null && line.unitCost === usual)
    const cost = follows ? costAt(offer, Number(next) || 0, currency) : null
    onEdit({ quantity: next, ...(cost !== null && { unitCost: cost }) })
  }
  const next = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    onNext()
  }
  return (
    <li className={classes.line}>
      <div className={classes.name}>
        <Text fz="sm" fw={550}>
          {name}
        </Text>
        <Text fz="xs" c="dimmed" component="div">
          <span className="code">{sku}</span>
          {supplier && !offer && ` · ${t('notSold', { supplier: supplier.name })}`}
        </Text>
        {fault && (
          <Text fz="xs" className="bad" role="alert">
            {fault}
          </Text>
        )}
      </div>
      <div className={classes.quantity}>
        <NumberInput
          aria-label={t('quantityOf', { name })}
          value={line.quantity}
          min={0}
          step={offer?.order_multiple ?? 1}
          decimalScale={6}
          error={fault !== undefined}
          onChange={setQuantity}
          onKeyDown={next}
        />
        <FitHint quantity={quantity} offer={offer} onQuantity={setQuantity} />
      </div>
      <div className={classes.cost}>
        <MoneyInput
          aria-label={t('unitCostOf', { name })}
          value={line.unitCost}
          onChange={unitCost => onEdit({ unitCost })}
          onKeyDown={next}
        />
        <CostHint {...{ line, offer, currency, onEdit }} />
      </div>
      <Text fz="sm" className={`num ${classes.sum}`}>
        {sum === null ? '' : t('lineTotal', { amount: format.money(sum, currency) })}
      </Text>
      <ActionIcon
        className={classes.remove}
        variant="subtle"
        color="gray"
        size={36}
        aria-label={t('remove', { sku })}
        onClick={onRemove}
      >
        <IconTrash size={17} stroke={1.7} />
      </ActionIcon>
    </li>
  )
}

interface FitHintProps {
  quantity: number
  offer: SupplierProduct | null
  onQuantity: (quantity: number) => void
}

/** How many packs it is; or what it has to be rounded up to, one press away. */
function FitHint({ quantity, offer, onQuantity }: FitHintProps) {
  const t = useTexts(draftTexts)
  const format = useFormat()
  const fit = quantity > 0 ? fitOf(offer, quantity) : null
  if (!fit) return null
  if (fit.quantity === quantity) {
    return (
      <Text fz="xs" c="dimmed" className={classes.hint}>
        {fit.packs && t('packs', { count: fit.packs.count, of: fit.packs.of })}
      </Text>
    )
  }
  const text = fit.packs
    ? t('roundPacks', { ...fit.packs, quantity: format.quantity(fit.quantity) })
    : t('roundLeast', { quantity: format.quantity(fit.quantity) })
  return (
    <Anchor
      component="button"
      type="button"
      fz="xs"
      className={classes.hint}
      onClick={() => onQuantity(fit.quantity)}
    >
      {text}
    </Anchor>
  )
}

interface CostHintProps {
  line: DraftLine
  offer: SupplierProduct | null
  currency: string
  onEdit: (change: Partial<DraftLine>) => void
}

/** What the supplier takes, where something else is typed; and from which quantity on it is another cost. */
function CostHint({ line, offer, currency, onEdit }: CostHintProps) {
  const t = useTexts(draftTexts)
  const format = useFormat()
  const quantity = Number(line.quantity) || 0
  const usual = costAt(offer, quantity, currency)
  const next = nextBreak(offer, quantity, currency)
  return (
    <>
      {usual !== null && Number(usual) !== Number(line.unitCost) && (
        <Anchor
          component="button"
          type="button"
          fz="xs"
          className={classes.hint}
          onClick={() => onEdit({ unitCost: usual })}
        >
          {t('theirCost', { cost: format.money(usual, currency) })}
        </Anchor>
      )}
      {next && (
        <Text fz="xs" c="dimmed" className={classes.hint}>
          {t('nextBreak', {
            quantity: format.quantity(next.min_quantity),
            cost: format.money(next.unit_cost, currency),
          })}
        </Text>
      )}
    </>
  )
}
