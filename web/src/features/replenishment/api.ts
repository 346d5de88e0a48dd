import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import type { NewReplenishmentOrders } from '~/api/schema.gen'
import { useWrite } from '~/api/write'
import type { ReplenishmentSearch } from './search'

/** What is to be ordered. A page may be empty though more comes after it. */
export function useReplenishment(search: ReplenishmentSearch) {
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: keys.replenishment(search),
      queryFn: ({ pageParam, signal }) => {
        const query = {
          limit: 100,
          ...(search.warehouse !== undefined && { warehouse: [search.warehouse] }),
          ...(search.supplier_id !== undefined && { supplier_id: [search.supplier_id] }),
          ...(search.window_days !== undefined && { window_days: search.window_days }),
          ...(pageParam !== null && { cursor: pageParam }),
        }
        return data(api.GET('/replenishment', { params: { query }, signal }))
      },
      initialPageParam: null as string | null,
      getNextPageParam: page => page.next_cursor,
      placeholderData: keepPreviousData,
    }),
  )
}

/** Drafts of what was chosen: one for each supplier, warehouse and currency. */
export function useMakeOrders() {
  return useWrite(
    (orders: NewReplenishmentOrders, key: string) =>
      data(api.POST('/replenishment/purchase-orders', { body: orders, params: { header: once(key) } })),
    [keys.replenishment().slice(0, 1), keys.purchaseOrders().slice(0, 1), keys.products()],
  )
}
