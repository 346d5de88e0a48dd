import type { SupplierProduct, SupplierProductCost } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'

type Offer = Pick<SupplierProduct, 'moq' | 'order_multiple' | 'costs'>

/** What the supplier takes for one at this quantity, in this currency: the cost of the greatest quantity at or below it. */
export function costAt(offer: Offer | null | undefined, quantity: number, currency: string): string | null {
  return costsIn(offer, currency).findLast(cost => cost.min_quantity <= quantity)?.unit_cost ?? null
}

/** The next quantity from which one costs something else; null: there is none. */
export function nextBreak(
  offer: Offer | null | undefined,
  quantity: number,
  currency: string,
): SupplierProductCost | null {
  return costsIn(offer, currency).find(cost => cost.min_quantity > quantity) ?? null
}

function costsIn(offer: Offer | null | undefined, currency: string): SupplierProductCost[] {
  const costs = (offer?.costs ?? []).filter(cost => cost.currency === currency)
  return costs.sort((a, b) => a.min_quantity - b.min_quantity)
}

/** How a quantity fits what the supplier sells. */
export interface Fit {
  /** What can be ordered: the quantity, or the next one above it that the supplier sells. */
  quantity: number
  /** Packs of so many each; null: it is not sold in packs. */
  packs: { count: number; of: number } | null
  /** Whether the least quantity of an order is what asks for more. */
  least: boolean
}

/** The least quantity that the supplier sells and is not below this one; null if it sells any quantity. */
export function fitOf(offer: Offer | null | undefined, quantity: number): Fit | null {
  const least = offer?.moq ?? 0
  const pack = offer?.order_multiple ?? 0
  if (least <= 0 && pack <= 0) return null
  const wanted = Math.max(quantity, least)
  if (pack <= 0) return { quantity: wanted, packs: null, least: quantity < least }
  // 0.28 are 14 packs of 0.02, whatever floats make of it.
  const count = Math.ceil(sum(wanted / pack))
  return { quantity: sum(count * pack), packs: { count, of: pack }, least: quantity < least }
}

/** The quantity that one more scan, or a new line, asks for: the least that is sold, then a pack more. */
export function oneMoreOf(offer: Offer | null | undefined, quantity: number): number {
  const wanted = sum(quantity, quantity > 0 ? (offer?.order_multiple ?? 1) : 1)
  return fitOf(offer, wanted)?.quantity ?? wanted
}

/** Quantities have six decimals and costs four. */
const SCALE = 10

/** Σ quantity × cost, exactly, as a decimal text of four decimals; null where one of them is no number. */
export function totalOf(lines: readonly { quantity: number | string; unitCost: string }[]): string | null {
  let total = 0n
  for (const { quantity, unitCost } of lines) {
    const [units, cost] = [scaled(Number(quantity).toFixed(6), 6), scaled(unitCost, 4)]
    if (units === null || cost === null) return null
    total += units * cost
  }
  const rounded = (total + 10n ** BigInt(SCALE - 4) / 2n) / 10n ** BigInt(SCALE - 4)
  const digits = rounded.toString().padStart(5, '0')
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/0{1,2}$/, '')
}

/** `12.5` with two decimals is 1250. */
function scaled(text: string, decimals: number): bigint | null {
  const parts = /^(\d+)(?:\.(\d+))?$/.exec(text)
  const fraction = parts?.[2] ?? ''
  if (!parts || fraction.length > decimals) return null
  return BigInt(`${parts[1]}${fraction.padEnd(decimals, '0')}`)
}

/** Whether the first decimal text is the greater amount. */
export function isAbove(amount: string, limit: string): boolean {
  const [one, other] = [scaled(amount, 4), scaled(limit, 4)]
  return one !== null && other !== null && one > other
}
