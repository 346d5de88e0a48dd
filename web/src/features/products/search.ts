/** What the list of products shows, as it stands in the address: whoever is sent the address sees the same. */
export interface ProductSearch {
  q?: string
  category_id?: number
  warehouse?: string
  low_stock?: boolean
  archived?: boolean
  sort?: ProductSort
}

const PRODUCT_SORTS = ['sku', 'name', 'price', 'created_at', 'updated_at'] as const
type Column = (typeof PRODUCT_SORTS)[number]
export type ProductSort = Column | `-${Column}`

/** Whether the form of a new product is open, which the command palette leads to. */
export interface NewProductSearch {
  new?: true
}

/** Reads the address; what it does not understand is left out. */
export function parseProductSearch(raw: Record<string, unknown>): ProductSearch & NewProductSearch {
  const search: ProductSearch & NewProductSearch = {}
  const q = raw.q === undefined ? '' : String(raw.q) // the router makes a number of ?q=123
  if (q !== '') search.q = q
  const category = Number(raw.category_id)
  if (Number.isSafeInteger(category) && category > 0) search.category_id = category
  if (typeof raw.warehouse === 'string' && raw.warehouse !== '') search.warehouse = raw.warehouse
  if (raw.low_stock === true) search.low_stock = true
  if (raw.new === true) search.new = true
  if (raw.archived === true) search.archived = true
  const sort = String(raw.sort ?? '')
  if (PRODUCT_SORTS.some(column => column === sort.replace(/^-/, ''))) search.sort = sort as ProductSort
  return search
}

/** The next order after a click on a column: ascending, descending, as it was. */
export function nextSort(current: ProductSort | undefined, column: Column): ProductSort | undefined {
  if (current === column) return `-${column}`
  return current === `-${column}` ? undefined : column
}

export const PRODUCT_TABS = ['stock', 'card', 'prices', 'supply', 'reservations'] as const
export type ProductTab = (typeof PRODUCT_TABS)[number]

/** Which part of a product's page is shown. */
export function parseProductTab(raw: Record<string, unknown>): { tab?: ProductTab } {
  const tab = PRODUCT_TABS.find(one => one === raw.tab)
  return tab ? { tab } : {}
}
