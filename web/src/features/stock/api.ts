import { useQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import { touchedBy } from '~/api/live'
import { everyPage } from '~/api/pages'
import type {
  Location,
  NewReservation,
  NewStockAdjustment,
  NewStockMovement,
  NewStockTransfer,
  StockLevel,
} from '~/api/schema.gen'
import { useWrite } from '~/api/write'

/** What is read anew after stock was changed. */
const STOCK = touchedBy('stock.movement')
const RESERVATIONS = [...STOCK, ...touchedBy('reservation.created')]

/** Locations in use: of one warehouse, or all. Those for goods in transit hold nothing that people can touch. */
export function useLocations(warehouse: string | null) {
  return useQuery({
    queryKey: keys.locations({ warehouse }),
    queryFn: async ({ signal }): Promise<Location[]> => {
      const locations = await everyPage(cursor =>
        data(
          api.GET('/locations', {
            params: {
              query: {
                limit: 200,
                ...(warehouse !== null && { warehouse: [warehouse] }),
                ...(cursor && { cursor }),
              },
            },
            signal,
          }),
        ),
      )
      return locations.filter(location => location.kind !== 'transit' && !location.archived)
    },
    staleTime: 300_000,
  })
}

/** Where a product is now. */
export function useLevels(productId: number | null) {
  return useQuery({
    queryKey: keys.productLevels(productId ?? 0, { stock: true }),
    queryFn: ({ signal }): Promise<StockLevel[]> =>
      everyPage(cursor =>
        data(
          api.GET('/products/{id}/levels', {
            params: { path: { id: productId ?? 0 }, query: { limit: 200, ...(cursor && { cursor }) } },
            signal,
          }),
        ),
      ),
    enabled: productId !== null,
  })
}

/** What an adjustment would do; nothing is written. */
export function previewAdjustment(body: NewStockAdjustment, signal?: AbortSignal) {
  const params = { query: { dry_run: true } }
  return data(api.POST('/stock-adjustments', { body, params, ...(signal && { signal }) }))
}

export function useAdjustStock() {
  return useWrite(
    (body: NewStockAdjustment, key: string) =>
      data(api.POST('/stock-adjustments', { body, params: { header: once(key) } })),
    STOCK,
  )
}

/** What a movement would do; nothing is written. */
export function previewMovement(body: NewStockMovement, signal?: AbortSignal) {
  const params = { query: { dry_run: true } }
  return data(api.POST('/stock-movements', { body, params, ...(signal && { signal }) }))
}

export function usePostMovement() {
  return useWrite(
    (body: NewStockMovement, key: string) =>
      data(api.POST('/stock-movements', { body, params: { header: once(key) } })),
    STOCK,
  )
}

export function useReverseMovement() {
  return useWrite(
    ({ id, reason }: { id: number; reason: string }, key: string) =>
      data(
        api.POST('/stock-movements/{id}/reverse', {
          body: { reason },
          params: { path: { id }, header: once(key) },
        }),
      ),
    STOCK,
  )
}

export function useCreateTransfer() {
  return useWrite(
    (body: NewStockTransfer, key: string) =>
      data(api.POST('/stock-transfers', { body, params: { header: once(key) } })),
    STOCK,
  )
}

/** What a reservation would hold, and where; nothing is written. */
export function previewReservation(body: NewReservation, signal?: AbortSignal) {
  const params = { query: { dry_run: true } }
  return data(api.POST('/reservations', { body, params, ...(signal && { signal }) }))
}

export function useReserveStock() {
  return useWrite(
    (body: NewReservation, key: string) =>
      data(api.POST('/reservations', { body, params: { header: once(key) } })),
    RESERVATIONS,
  )
}
