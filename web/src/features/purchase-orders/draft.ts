import type { NewPurchaseOrderLine, PurchaseOrder, PurchaseOrderChange } from '~/api/schema.gen'

/** A line as it is written. */
export interface DraftLine {
  /** `7#0`: the first line of product 7. It names the same line to everybody who edits the draft. */
  key: string
  product: { id: number; sku: string; name: string }
  quantity: number | string
  /** A decimal text; empty: what the supplier takes. */
  unitCost: string
  expectedOn: string | null
}

/** An order as it is written: what is in the form. */
export interface Draft {
  /** The code of the warehouse; null: not chosen yet. */
  warehouse: string | null
  expectedOn: string | null
  note: string
  lines: readonly DraftLine[]
}

export const EMPTY_DRAFT: Draft = { warehouse: null, expectedOn: null, note: '', lines: [] }

/** The draft that the server has. */
export function draftOf(order: PurchaseOrder): Draft {
  const lines: DraftLine[] = []
  for (const line of order.lines) {
    const product = { id: line.product_id, sku: line.sku, name: line.name }
    lines.push({
      key: keyFor(lines, product.id),
      product,
      quantity: line.quantity,
      unitCost: line.unit_cost ?? '',
      expectedOn: line.expected_on ?? null,
    })
  }
  return { warehouse: order.warehouse, expectedOn: order.expected_on ?? null, note: order.note, lines }
}

/** The key of one line more of this product. */
export function keyFor(lines: readonly DraftLine[], productId: number): string {
  const taken = new Set(lines.map(line => line.key))
  let place = 0
  while (taken.has(`${productId}#${place}`)) place += 1
  return `${productId}#${place}`
}

export function editLine(draft: Draft, key: string, change: Partial<DraftLine>): Draft {
  return { ...draft, lines: draft.lines.map(line => (line.key === key ? { ...line, ...change } : line)) }
}

/** The same products and quantities, for which another supplier takes what it takes. */
export function withoutCosts(draft: Draft): Draft {
  return { ...draft, lines: draft.lines.map(line => ({ ...line, unitCost: '' })) }
}

/** What is sent of the lines. */
export function linesOf(draft: Draft): NewPurchaseOrderLine[] {
  return draft.lines.map(line => ({
    product_id: line.product.id,
    quantity: Number(line.quantity),
    // What is not typed is what the supplier takes.
    ...(line.unitCost && { unit_cost: line.unitCost }),
    ...(line.expectedOn && { expected_on: line.expectedOn }),
  }))
}

/** Only what differs from what the server has, so that two people who edit different things do not undo each other. */
export function changeOf(before: Draft, now: Draft): PurchaseOrderChange {
  const change = {
    ...(now.warehouse !== before.warehouse && now.warehouse && { warehouse: now.warehouse }),
    ...(now.expectedOn !== before.expectedOn && { expected_on: now.expectedOn }),
    ...(now.note.trim() !== before.note.trim() && { note: now.note.trim() }),
    ...(!haveSameLines(before, now) && { lines: linesOf(now) }),
  }
  return change as PurchaseOrderChange // its note is a text, which the generated type says oddly
}

export function isSameDraft(one: Draft, other: Draft): boolean {
  return Object.keys(changeOf(one, other)).length === 0
}

/** Whether every line has a quantity above nothing. */
export function isComplete(draft: Draft): boolean {
  return draft.lines.length > 0 && draft.lines.every(line => Number(line.quantity) > 0)
}

export function isSameLine(one: DraftLine | undefined, other: DraftLine | undefined): boolean {
  if (!one || !other) return one === other
  return (
    Number(one.quantity) === Number(other.quantity) &&
    plain(one.unitCost) === plain(other.unitCost) &&
    one.expectedOn === other.expectedOn
  )
}

function haveSameLines(one: Draft, other: Draft): boolean {
  return (
    one.lines.length === other.lines.length &&
    one.lines.every((line, at) => line.key === other.lines[at]?.key && isSameLine(line, other.lines[at]))
  )
}

/** “3.5” and “3.50” are the same cost. */
function plain(cost: string): string {
  return cost.includes('.') ? cost.replace(/0+$/, '').replace(/\.$/, '') : cost
}
