import type { NewGoodsReceipt, PurchaseOrder, PurchaseOrderLine } from '~/api/schema.gen'

/** What is about to be received: quantities by the key of the line, and the lines that were scanned, the last one last. */
export interface Receiving {
  quantities: Readonly<Record<number, number>>
  scans: readonly number[]
}

export const NOTHING: Receiving = { quantities: {}, scans: [] }

export function quantityOf(receiving: Receiving, line: PurchaseOrderLine): number {
  return receiving.quantities[line.id] ?? 0
}

/** The line that one more of this product fills: the first with something open, else the first of it. */
export function lineFor(
  order: PurchaseOrder,
  receiving: Receiving,
  productId: number,
): PurchaseOrderLine | null {
  const lines = order.lines.filter(line => line.product_id === productId)
  return lines.find(line => quantityOf(receiving, line) < line.open) ?? lines[0] ?? null
}

/** One more of this line. */
export function scan(receiving: Receiving, line: PurchaseOrderLine): Receiving {
  const quantities = { ...receiving.quantities, [line.id]: rounded(quantityOf(receiving, line) + 1) }
  return { quantities, scans: [...receiving.scans, line.id] }
}

/** Takes the last scan back. */
export function undo(receiving: Receiving): Receiving {
  const last = receiving.scans.at(-1)
  if (last === undefined) return receiving
  const left = Math.max(0, (receiving.quantities[last] ?? 0) - 1)
  return {
    quantities: { ...receiving.quantities, [last]: rounded(left) },
    scans: receiving.scans.slice(0, -1),
  }
}

/** A quantity that was typed. Scans stay to be undone: a field that has the focus changes by the keys of a scan too. */
export function type(receiving: Receiving, lineId: number, quantity: number): Receiving {
  const quantities = { ...receiving.quantities, [lineId]: quantity }
  return { ...receiving, quantities }
}

/** Everything that is open. */
export function everything(order: PurchaseOrder): Receiving {
  return { quantities: Object.fromEntries(order.lines.map(line => [line.id, line.open])), scans: [] }
}

export function total(receiving: Receiving): number {
  return rounded(Object.values(receiving.quantities).reduce((sum, quantity) => sum + quantity, 0))
}

export function receiptOf(receiving: Receiving, note: string): NewGoodsReceipt {
  const lines = Object.entries(receiving.quantities)
    .filter(([, quantity]) => quantity > 0)
    .map(([id, quantity]) => ({ line_id: Number(id), quantity }))
  return { lines, ...(note.trim() && { note: note.trim() }) }
}

/** Quantities have six decimals: 0.1 + 0.2 is 0.3. */
function rounded(quantity: number): number {
  return Math.round(quantity * 1e6) / 1e6
}
