import { useQuery } from '@tanstack/react-query'
import { api, data, untyped } from '~/api/client'
import { keys } from '~/api/keys'
import { isMissing } from '~/api/problem'

/** What the stock is worth, in the currency of the shop. */
export interface StockValue {
  currency: string
  /** null where costs are not shown to this person. */
  at_cost: string | null
  at_price: string
  products: number
  units: number
}

export interface DayOfMovements {
  /** A date, `2026-05-31`. */
  day: string
  in: number
  out: number
  movements: number
}

export interface TopMover {
  product_id: number
  sku: string
  name: string
  out: number
  in: number
}

export interface StockOut {
  product_id: number
  sku: string
  name: string
}

export interface DayOfValue {
  day: string
  at_cost: string | null
  at_price: string
}

/** A report, or null from a server that does not have it. */
function useReport<T>(name: string, filter: Record<string, number> = {}) {
  const query = new URLSearchParams(Object.entries(filter).map(([key, value]) => [key, String(value)]))
  return useQuery({
    queryKey: keys.report(name, filter),
    queryFn: async () => {
      try {
        return await untyped<T>('GET', `/reports/${name}${query.size > 0 ? `?${query}` : ''}`)
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
  })
}

export function useStockValue() {
  return useReport<StockValue>('stock-value')
}

export function useStockValueHistory(days: number) {
  return useReport<{ items: DayOfValue[] }>('stock-value/history', { days })
}

export function useMovementsPerDay(days: number) {
  return useReport<{ items: DayOfMovements[] }>('movements-per-day', { days })
}

export function useTopMovers(days: number) {
  return useReport<{ items: TopMover[] }>('top-movers', { days, limit: 8 })
}

export function useStockOuts() {
  return useReport<{ items: StockOut[]; next_cursor?: string | null }>('stock-outs')
}

/** Most that is counted for a tile: one page. More is shown as “200+”. */
export const COUNTED_MAX = 200

export function useLowStock() {
  return useQuery({
    queryKey: keys.lowStock({ limit: COUNTED_MAX }),
    queryFn: ({ signal }) =>
      data(api.GET('/low-stock', { params: { query: { limit: COUNTED_MAX } }, signal })),
  })
}

export function useOrdersToReceive() {
  return useQuery({
    queryKey: keys.purchaseOrders({ status: 'to-receive' }),
    queryFn: ({ signal }) => {
      const query = {
        status: ['ordered', 'partially_received'] as ('ordered' | 'partially_received')[],
        limit: COUNTED_MAX,
      }
      return data(api.GET('/purchase-orders', { params: { query }, signal }))
    },
  })
}

export function useLatestMovements() {
  return useQuery({
    queryKey: keys.stockMovements({ limit: 8 }),
    queryFn: ({ signal }) => data(api.GET('/stock-movements', { params: { query: { limit: 8 } }, signal })),
  })
}
