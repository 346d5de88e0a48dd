import type { NewGoodsReceipt, PurchaseOrder, PurchaseOrderLine } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'

/** Where something of a line goes: a location, or null for the one where goods are received; and its lot, or none. */
interface Where {
  lineId: number
  locationId: number | null
  lot: string
}

/** So much of a line that goes to one place, of one lot. */
export interface Part extends Where {
  quantity: number
}

/** What is about to be received. */
export interface Receiving {
  /** Where the next scan goes. */
  locationId: number | null
  /** The lot of which the next scan of a line is, by the key of the line. */
  lots: Readonly<Record<number, string>>
  parts: readonly Part[]
  /** What was scanned, the last one last. */
  scans: readonly Where[]
}

export const NOTHING: Receiving = { locationId: null, lots: {}, parts: [], scans: [] }

/** How much of a line is about to be received, wherever it goes. */
export function quantityOf(receiving: Receiving, lineId: number): number {
  return sum(...receiving.parts.filter(part => part.lineId === lineId).map(part => part.quantity))
}

/** Where the next scan of a line goes. */
function whereNow(receiving: Receiving, lineId: number): Where {
  return { lineId, locationId: receiving.locationId, lot: receiving.lots[lineId] ?? '' }
}

/** How much of a line goes where the next scan of it goes. */
export function quantityHere(receiving: Receiving, lineId: number): number {
  return quantityAt(receiving, whereNow(receiving, lineId))
}

/** What of a line goes elsewhere, or is of another lot. */
export function partsElsewhere(receiving: Receiving, lineId: number): Part[] {
  const here = whereNow(receiving, lineId)
  return receiving.parts.filter(part => part.lineId === lineId && !isSame(part, here))
}

/** The line that one more of this product fills: the first with something open, else the first of it. */
export function lineFor(
  order: PurchaseOrder,
  receiving: Receiving,
  productId: number,
): PurchaseOrderLine | null {
  const lines = order.lines.filter(line => line.product_id === productId)
  return lines.find(line => quantityOf(receiving, line.id) < line.open) ?? lines[0] ?? null
}

/** One more of this line. */
export function scan(receiving: Receiving, lineId: number): Receiving {
  const where = whereNow(receiving, lineId)
  const counted = put(receiving, where, sum(quantityAt(receiving, where), 1))
  return { ...counted, scans: [...receiving.scans, where] }
}

/** Takes the last scan back, from where it went. */
export function undo(receiving: Receiving): Receiving {
  const last = receiving.scans.at(-1)
  if (last === undefined) return receiving
  const left = put(receiving, last, Math.max(0, sum(quantityAt(receiving, last), -1)))
  return { ...left, scans: receiving.scans.slice(0, -1) }
}

/** A quantity that was typed. Scans stay to be undone: a field that has the focus changes by the keys of a scan too. */
export function type(receiving: Receiving, lineId: number, quantity: number): Receiving {
  return put(receiving, whereNow(receiving, lineId), quantity)
}

/** What was counted of a line here is of this lot. */
export function nameLot(receiving: Receiving, lineId: number, lot: string): Receiving {
  const before = whereNow(receiving, lineId)
  const after = { ...before, lot }
  if (isSame(before, after)) return receiving
  const quantity = sum(quantityAt(receiving, before), quantityAt(receiving, after))
  const moved = put(put(receiving, before, 0), after, quantity)
  const scans = receiving.scans.map(one => (isSame(one, before) ? after : one))
  return { ...moved, scans, lots: { ...receiving.lots, [lineId]: lot } }
}

/** What comes next of a line is of another lot. */
export function nextLot(receiving: Receiving, lineId: number): Receiving {
  return { ...receiving, lots: { ...receiving.lots, [lineId]: '' } }
}

export function remove(receiving: Receiving, part: Part): Receiving {
  return { ...put(receiving, part, 0), scans: receiving.scans.filter(one => !isSame(one, part)) }
}

/** Everything that is open: what is not counted yet comes here. */
export function everything(order: PurchaseOrder, receiving: Receiving): Receiving {
  return order.lines.reduce((all, line) => {
    const elsewhere = sum(...partsElsewhere(all, line.id).map(part => part.quantity))
    return type(all, line.id, Math.max(0, sum(line.open, -elsewhere)))
  }, receiving)
}

export function total(receiving: Receiving): number {
  return sum(...receiving.parts.map(part => part.quantity))
}

export function receiptOf(receiving: Receiving, note: string): NewGoodsReceipt {
  const lines = receiving.parts.map(({ lineId, locationId, lot, quantity }) => ({
    line_id: lineId,
    quantity,
    ...(locationId !== null && { location_id: locationId }),
    ...(lot.trim() && { lot: lot.trim() }),
  }))
  return { lines, ...(note.trim() && { note: note.trim() }) }
}

function isSame(one: Where, other: Where): boolean {
  return one.lineId === other.lineId && one.locationId === other.locationId && one.lot === other.lot
}

function quantityAt(receiving: Receiving, where: Where): number {
  return receiving.parts.find(part => isSame(part, where))?.quantity ?? 0
}

/** So much goes there; nothing is no part. */
function put(receiving: Receiving, { lineId, locationId, lot }: Where, quantity: number): Receiving {
  const part = { lineId, locationId, lot, quantity }
  const known = receiving.parts.some(one => isSame(one, part))
  const parts = known
    ? receiving.parts.map(one => (isSame(one, part) ? part : one))
    : [...receiving.parts, part]
  return { ...receiving, parts: parts.filter(one => one.quantity > 0) }
}
