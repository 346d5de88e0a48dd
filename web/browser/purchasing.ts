import type { Product, PurchaseOrder } from '../src/api/schema.gen'
import { call } from './api'

/** An order of so many of each product, on its way to MAIN. */
export async function ordered(products: readonly Product[], quantity: number): Promise<PurchaseOrder> {
  const lines = products.map(product => ({ product_id: product.id, quantity, unit_cost: '2.00' }))
  const draft = await call<PurchaseOrder>('POST', '/purchase-orders', {
    supplier_id: 1,
    warehouse: 'MAIN',
    lines,
  })
  for (const step of ['submit', 'approve', 'order']) {
    const now = await call<PurchaseOrder>('GET', `/purchase-orders/${draft.id}`)
    if (now.status === 'approved' && step === 'approve') continue // small orders need none
    await call('POST', `/purchase-orders/${draft.id}/${step}`, {})
  }
  return call('GET', `/purchase-orders/${draft.id}`)
}
