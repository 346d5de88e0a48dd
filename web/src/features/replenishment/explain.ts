import type { ReplenishmentSuggestion } from '~/api/schema.gen'

type Numbers = Pick<
  ReplenishmentSuggestion,
  | 'available'
  | 'incoming'
  | 'in_transit'
  | 'on_order'
  | 'suggested_for_warehouses'
  | 'reorder_point'
  | 'max_quantity'
  | 'reorder_quantity'
  | 'safety_stock'
  | 'lead_time_demand'
  | 'target'
  | 'needed'
  | 'moq'
  | 'order_multiple'
  | 'quantity'
>

/** How a suggestion follows from its numbers, step by step: for people who want to check it with a pencil. */
export interface Explanation {
  /** What there is and what comes, with the parts that are not zero. */
  counted: { name: 'available' | 'incoming' | 'inTransit' | 'onOrder' | 'forWarehouses'; value: number }[]
  total: number
  reorderPoint: number
  /** By which rule of the policy the target is set. */
  rule:
    | { kind: 'upToMax'; max: number }
    | { kind: 'upToDemand'; demand: number; max: number }
    | { kind: 'fixed'; quantity: number }
    | { kind: 'reserve'; reorderPoint: number; safetyStock: number; demand: number }
  target: number | null
  needed: number
  /** Why more is ordered than is needed; empty: it is exactly that. */
  rounded: ({ kind: 'moq'; moq: number } | { kind: 'packs'; pack: number; packs: number })[]
  quantity: number
}

export function explain(numbers: Numbers): Explanation {
  const parts = [
    { name: 'available' as const, value: numbers.available },
    { name: 'incoming' as const, value: numbers.incoming },
    { name: 'inTransit' as const, value: numbers.in_transit },
    { name: 'onOrder' as const, value: numbers.on_order },
    { name: 'forWarehouses' as const, value: numbers.suggested_for_warehouses },
  ]
  const total = parts.reduce((sum, part) => sum + part.value, 0)
  const rounded: Explanation['rounded'] = []
  if (numbers.moq != null && numbers.needed < numbers.moq) rounded.push({ kind: 'moq', moq: numbers.moq })
  if (numbers.order_multiple != null && numbers.order_multiple > 0 && numbers.quantity !== numbers.needed) {
    const packs = Math.round(numbers.quantity / numbers.order_multiple)
    rounded.push({ kind: 'packs', pack: numbers.order_multiple, packs })
  }
  return {
    counted: parts.filter(part => part.name === 'available' || part.value !== 0),
    total: Math.round(total * 1e6) / 1e6,
    reorderPoint: numbers.reorder_point,
    rule: ruleOf(numbers),
    target: numbers.target ?? null,
    needed: numbers.needed,
    rounded,
    quantity: numbers.quantity,
  }
}

function ruleOf(numbers: Numbers): Explanation['rule'] {
  if (numbers.max_quantity != null) {
    return numbers.lead_time_demand > numbers.max_quantity
      ? { kind: 'upToDemand', demand: numbers.lead_time_demand, max: numbers.max_quantity }
      : { kind: 'upToMax', max: numbers.max_quantity }
  }
  if (numbers.reorder_quantity != null) return { kind: 'fixed', quantity: numbers.reorder_quantity }
  return {
    kind: 'reserve',
    reorderPoint: numbers.reorder_point,
    safetyStock: numbers.safety_stock,
    demand: numbers.lead_time_demand,
  }
}
