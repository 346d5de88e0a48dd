/** An entry, of which only what it is about matters. */
interface About {
  target: string
  detail: object
}

/** What changed of a field. Of what is long or secret only that it did. */
export interface Change {
  field: string
  from?: unknown
  to?: unknown
  isHidden: boolean
}

/** What an entry says that was changed, field by field. */
export function changesOf(entry: About): Change[] {
  const { changes } = entry.detail as { changes?: Record<string, { from?: unknown; to?: unknown }> }
  return Object.entries(changes ?? {}).map(([field, change]) => ({
    field,
    ...change,
    isHidden: !('to' in change),
  }))
}

/** What else it says, such as the code of a warehouse. */
export function factsOf(entry: About): [field: string, value: unknown][] {
  return Object.entries(entry.detail as Record<string, unknown>).filter(
    ([field, value]) => field !== 'changes' && value !== null && value !== '',
  )
}

/** The kind of what it was done to, `user`, and its key, `3`; there is none of the settings. */
function targetOf(entry: About): { kind: string; id: string | null } {
  const [kind = '', id] = entry.target.split(':')
  return { kind, id: id ?? null }
}

/** What people call it: its number, code, SKU, path, name or address, as far as the entry says. */
export function nameOf(entry: About): string | null {
  const { number, code, sku, path, name, email } = entry.detail as Record<string, unknown>
  const called = [number, code, sku, path, name, email].find(
    value => typeof value === 'string' && value !== '',
  )
  const { id } = targetOf(entry)
  if (typeof called === 'string') return called
  return id === null || id === 'unknown' ? null : `#${id}`
}

const PAGES: Record<string, string> = {
  user: '/users/',
  product: '/products/',
  purchase_order: '/purchase-orders/',
  goods_receipt: '/goods-receipts/',
  stock_movement: '/stock-movements/',
  supplier: '/suppliers/',
  stock_transfer: '/stock-transfers/',
  reservation: '/reservations/',
}
const LISTS: Record<string, string> = {
  warehouse: '/warehouses',
  location: '/warehouses',
  settings: '/settings',
  api_key: '/api-keys',
  products: '/products',
  category: '/categories',
}

/** The page of what it was done to; null: there is none. */
export function pageOf(entry: About): string | null {
  const { kind, id } = targetOf(entry)
  const page = PAGES[kind]
  if (page) return id === null || id === 'unknown' ? null : page + id
  const { supplier_id, product_id } = entry.detail as Record<string, unknown>
  if (supplier_id != null) return `/suppliers/${supplier_id}`
  if (kind === 'reorder_policy' && product_id != null) return `/products/${product_id}`
  return LISTS[kind] ?? null
}
