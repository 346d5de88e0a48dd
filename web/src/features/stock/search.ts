export const WORKS = ['adjust', 'receive', 'issue', 'transfer', 'reserve'] as const
export type Work = (typeof WORKS)[number]

/** Which work is shown, and the product it begins with. */
export interface StockSearch {
  work?: Work
  product?: number
}

export function parseStockSearch(raw: Record<string, unknown>): StockSearch {
  const search: StockSearch = {}
  const work = WORKS.find(one => one === raw.work)
  if (work) search.work = work
  const product = Number(raw.product)
  if (Number.isSafeInteger(product) && product > 0) search.product = product
  return search
}
