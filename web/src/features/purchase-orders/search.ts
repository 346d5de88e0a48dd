import type { PurchaseOrderStatus } from '~/api/schema.gen'

/** The groups of states by which people look for orders. */
export const ORDER_GROUPS = {
  open: ['draft', 'pending_approval', 'approved', 'ordered', 'partially_received'],
  draft: ['draft', 'pending_approval', 'approved'],
  receive: ['ordered', 'partially_received'],
  done: ['received', 'closed', 'cancelled'],
} as const satisfies Record<string, readonly PurchaseOrderStatus[]>

export type OrderGroup = keyof typeof ORDER_GROUPS

export function parseOrderSearch(raw: Record<string, unknown>): { group?: OrderGroup } {
  return typeof raw.group === 'string' && raw.group in ORDER_GROUPS ? { group: raw.group as OrderGroup } : {}
}

/** A new order begins with a supplier, if the address names one. */
export function parseNewOrderSearch(raw: Record<string, unknown>): { supplier_id?: number } {
  const supplier = Number(raw.supplier_id)
  return Number.isSafeInteger(supplier) && supplier > 0 ? { supplier_id: supplier } : {}
}

/** What can be done with an order in this state, the next step first. Receiving has a page of its own. */
export function stepsOf(status: PurchaseOrderStatus): OrderStep[] {
  switch (status) {
    case 'draft':
      return ['submit', 'cancel']
    case 'pending_approval':
      return ['approve', 'reject', 'cancel']
    case 'approved':
      return ['order', 'cancel']
    case 'ordered':
      return ['cancel']
    case 'partially_received':
      return ['close', 'cancel']
    case 'received':
      return ['close']
    default:
      return []
  }
}

export type OrderStep = 'submit' | 'approve' | 'reject' | 'order' | 'cancel' | 'close'

export function canReceive(status: PurchaseOrderStatus): boolean {
  return status === 'ordered' || status === 'partially_received'
}
