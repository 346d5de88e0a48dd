import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { NewPrice, Price, PurchaseOrderStatus, StockLevel } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

/** Where it lies: now, or as it was at that time. */
export function useProductLevels(id: number, asOf: string | null) {
  return useQuery({
    queryKey: keys.productLevels(id, { asOf }),
    queryFn: ({ signal }): Promise<StockLevel[]> =>
      everyPage(cursor => {
        const query = { limit: 200, ...(asOf && { as_of: asOf }), ...(cursor && { cursor }) }
        return data(api.GET('/products/{id}/levels', { params: { path: { id }, query }, signal }))
      }),
    placeholderData: keepPreviousData,
  })
}

/** What was on hand over the last days, in all warehouses that the person may see. */
export function useProductHistory(id: number, days: number) {
  return useQuery({
    queryKey: keys.productHistory(id, { days }),
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { days } }
      return data(api.GET('/products/{id}/stock-history', { params, signal }))
    },
  })
}

/** The stock card, newest first. */
export function useProductEntries(id: number, warehouse: string | null) {
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: keys.productEntries(id, { warehouse }),
      queryFn: ({ pageParam, signal }) => {
        const query = {
          limit: 50,
          ...(warehouse !== null && { warehouse: [warehouse] }),
          ...(pageParam !== null && { cursor: pageParam }),
        }
        return data(api.GET('/products/{id}/entries', { params: { path: { id }, query }, signal }))
      },
      initialPageParam: null as string | null,
      getNextPageParam: page => page.next_cursor,
      placeholderData: keepPreviousData,
    }),
  )
}

/** What it cost and will cost, the latest first. */
export function useProductPrices(id: number) {
  return useQuery({
    queryKey: keys.productPrices(id),
    queryFn: async ({ signal }): Promise<Price[]> => {
      const prices = await everyPage(cursor => {
        const query = { limit: 200, ...(cursor && { cursor }) }
        return data(api.GET('/products/{id}/prices', { params: { path: { id }, query }, signal }))
      })
      return prices.sort((a, b) => b.effective_from.localeCompare(a.effective_from))
    },
  })
}

export function useAddPrice(id: number) {
  return useWrite(
    (price: NewPrice, key: string) =>
      data(api.POST('/products/{id}/prices', { params: { path: { id }, header: once(key) }, body: price })),
    [keys.products()],
  )
}

/** Takes a scheduled price back. */
export function useRemovePrice(id: number) {
  return useWrite(
    (price: Price) =>
      data(
        api.DELETE('/products/{id}/prices/{effective_from}', {
          params: { path: { id, effective_from: price.effective_from }, header: { 'If-Match': '*' } },
        }),
      ),
    [keys.products()],
  )
}

export function useProductSuppliers(id: number) {
  return useQuery({
    queryKey: keys.supplierProducts({ product: id }),
    queryFn: ({ signal }) =>
      data(api.GET('/supplier-products', { params: { query: { product_id: [id], limit: 100 } }, signal })),
  })
}

export function useProductReservations(id: number) {
  return useQuery({
    queryKey: keys.reservations({ product: id }),
    queryFn: ({ signal }) => {
      const query = { product_id: [id], status: 'active' as const, limit: 100 }
      return data(api.GET('/reservations', { params: { query }, signal }))
    },
  })
}

/** Takes it off the lists: it is archived if it has a history, else deleted. */
export function useArchiveProduct() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/products/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    [keys.products()],
  )
}

export function useUnarchiveProduct() {
  return useWrite(
    ({ id }: { id: number }) => data(api.POST('/products/{id}/unarchive', { params: { path: { id } } })),
    [keys.products()],
  )
}

/** Orders of it that are not complete. */
export function useProductOrders(id: number) {
  return useQuery({
    queryKey: keys.purchaseOrders({ product: id }),
    queryFn: ({ signal }) => {
      const status = [
        'draft',
        'pending_approval',
        'approved',
        'ordered',
        'partially_received',
      ] as PurchaseOrderStatus[]
      const query = { product_id: [id], status, limit: 100 }
      return data(api.GET('/purchase-orders', { params: { query }, signal }))
    },
  })
}
