import type { Product, ProductPage } from '~/api/schema.gen'
import { today } from '~/i18n/format'
import { readProducts } from './api'
import { csvOf, saveFile } from './csv'
import type { ProductSearch } from './search'

/** Most rows of an export; more belongs into a program that reads the API. */
const EXPORT_ROWS_MAX = 50_000
/** As many as the server gives at once. */
const PAGE = 200

/** The columns of the grid as fields of the API, which a file is read by. */
const FIELDS: Record<string, (product: Product) => string | number | null> = {
  name: product => product.name,
  sku: product => product.sku,
  category: product => product.category.path,
  barcode: product => product.barcode ?? null,
  price: product => product.price ?? null,
  on_hand: product => product.on_hand,
  reserved: product => product.reserved,
  available: product => product.available,
  incoming: product => product.incoming,
  in_transit: product => product.in_transit,
  reorder_point: product => product.reorder_point ?? null,
  updated_at: product => product.updated_at,
}

/** The table of these products with these columns; names of columns are those of the API. */
export function productsAsCsv(products: readonly Product[], columns: readonly string[]): string {
  const known = columns.filter(column => column in FIELDS)
  const header = known.flatMap(column => (column === 'price' ? ['price', 'currency'] : [column]))
  const rows = products.map(product =>
    known.flatMap(column => {
      const value = FIELDS[column]?.(product) ?? null
      return column === 'price' ? [value, product.currency ?? null] : [value]
    }),
  )
  return csvOf([header, ...rows])
}

/** What was saved: so many products; `whole` if there were no more. */
export interface Exported {
  count: number
  whole: boolean
}

/** Reads the pages of the list, and lets the browser save them. */
export async function exportList(search: ProductSearch, columns: readonly string[]): Promise<Exported> {
  const products: Product[] = []
  let cursor: string | null = null
  do {
    const page: ProductPage = await readProducts(search, cursor, PAGE)
    products.push(...page.items)
    cursor = page.next_cursor ?? null
  } while (cursor !== null && products.length < EXPORT_ROWS_MAX)
  saveProducts(products, columns)
  return { count: products.length, whole: cursor === null }
}

export function saveProducts(products: readonly Product[], columns: readonly string[]): void {
  saveFile(`products-${today()}.csv`, 'text/csv;charset=utf-8', productsAsCsv(products, columns))
}
