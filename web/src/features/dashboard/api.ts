import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { useMaySee } from '~/app/session'

/** Figures follow what happens after seconds, and the value of the stock after a minute: no event says when. */
const AGAIN_MS = 15_000

/** Of the reports, only those of the whole shop are shown. */
const VALUE = { permission: 'purchasing.read', everywhere: true } as const
const MOVEMENTS = { permission: 'stock.read', everywhere: true } as const

export function useStockValue() {
  return useQuery({
    enabled: useMaySee()(VALUE),
    queryKey: keys.report('stock-value'),
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) => data(api.GET('/reports/stock-value', { signal })),
  })
}

/** What it was worth at the end of each day. */
export function useStockValueHistory(days: number) {
  return useQuery({
    queryKey: keys.report('stock-value/history', { days }),
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) =>
      data(api.GET('/reports/stock-value/history', { params: { query: { days } }, signal })),
  })
}

export function useMovementsPerDay(days: number) {
  return useQuery({
    enabled: useMaySee()(MOVEMENTS),
    queryKey: keys.report('movements-per-day', { days }),
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) =>
      data(api.GET('/reports/movements-per-day', { params: { query: { days } }, signal })),
  })
}

export function useTopMovers(days: number) {
  return useQuery({
    queryKey: keys.report('top-movers', { days }),
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) =>
      data(api.GET('/reports/top-movers', { params: { query: { days, limit: 6 } }, signal })),
  })
}

export function useStockOuts() {
  return useQuery({
    enabled: useMaySee()(MOVEMENTS),
    queryKey: keys.report('stock-outs'),
    queryFn: ({ signal }) =>
      data(api.GET('/reports/stock-outs', { params: { query: { limit: COUNTED_MAX } }, signal })),
  })
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
    enabled: useMaySee()({ permission: 'purchasing.read' }),
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
