import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import type { MovementSearch } from './search'

/** Movements, the latest first. */
export function useMovements(search: MovementSearch, limit = 50) {
  return useInfiniteQuery({
    // A list that is read on is kept otherwise than the one page of the dashboard.
    queryKey: keys.stockMovements({ pages: search, limit }),
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(search.kind && { kind: search.kind }),
        ...(search.warehouse && { warehouse: [search.warehouse] }),
        ...(search.reference && { reference: search.reference }),
        ...(pageParam !== null && { cursor: pageParam }),
        limit,
      }
      return data(api.GET('/stock-movements', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
  })
}

export function useMovement(id: number) {
  return useQuery({
    queryKey: keys.stockMovements({ id }),
    queryFn: ({ signal }) => data(api.GET('/stock-movements/{id}', { params: { path: { id } }, signal })),
  })
}
