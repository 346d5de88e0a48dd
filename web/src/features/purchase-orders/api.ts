import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type {
  NewGoodsReceipt,
  NewPurchaseOrder,
  PurchaseOrder,
  PurchaseOrderChange,
  SupplierProduct,
} from '~/api/schema.gen'
import { useWrite } from '~/api/write'
import { ORDER_GROUPS, type OrderGroup, type OrderStep } from './search'

const PAGE = 50
/** What an order touches: lists of orders, what is incoming, and stock once it is received. */
const TOUCHED = [
  ['purchase-orders'],
  ['goods-receipts'],
  keys.products(),
  ['replenishment'],
  ['stock-movements'],
]

export function useOrderList(group: OrderGroup) {
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: keys.purchaseOrders({ group }),
      queryFn: ({ pageParam, signal }) => {
        const query = {
          status: [...ORDER_GROUPS[group]],
          limit: PAGE,
          ...(pageParam !== null && { cursor: pageParam }),
        }
        return data(api.GET('/purchase-orders', { params: { query }, signal }))
      },
      initialPageParam: null as string | null,
      getNextPageParam: page => page.next_cursor,
      placeholderData: keepPreviousData,
    }),
  )
}

export function useOrder(id: number) {
  return useQuery({
    queryKey: keys.purchaseOrders({ id }),
    queryFn: ({ signal }) => data(api.GET('/purchase-orders/{id}', { params: { path: { id } }, signal })),
  })
}

/** The roles of those who may approve orders. */
export function useApprovers() {
  return useQuery({
    queryKey: keys.roles(),
    queryFn: async ({ signal }) => {
      const { roles } = await data(api.GET('/roles', { signal }))
      return roles.filter(role => role.permissions.includes('purchasing.approve')).map(role => role.role)
    },
    staleTime: Number.POSITIVE_INFINITY, // they change with the server
  })
}

interface Step {
  order: PurchaseOrder
  step: OrderStep
  note: string
}

/** Takes an order a step on, if nobody else has meanwhile. */
export function useOrderStep() {
  return useWrite(({ order, step, note }: Step, key: string) => {
    const params = {
      path: { id: order.id },
      header: { ...once(key), 'If-Match': `"${order.version}"` },
    }
    const body = note === '' ? {} : { note }
    switch (step) {
      case 'submit':
        return data(api.POST('/purchase-orders/{id}/submit', { params, body }))
      case 'approve':
        return data(api.POST('/purchase-orders/{id}/approve', { params, body }))
      case 'reject':
        return data(api.POST('/purchase-orders/{id}/reject', { params, body }))
      case 'order':
        return data(api.POST('/purchase-orders/{id}/order', { params, body }))
      case 'cancel':
        return data(api.POST('/purchase-orders/{id}/cancel', { params, body }))
      case 'close':
        return data(api.POST('/purchase-orders/{id}/close', { params, body }))
    }
  }, TOUCHED)
}

export function useReceiveOrder(id: number) {
  return useWrite(
    (receipt: NewGoodsReceipt, key: string) =>
      data(
        api.POST('/purchase-orders/{id}/receive', {
          params: { path: { id }, header: once(key) },
          body: receipt,
        }),
      ),
    TOUCHED,
  )
}

export function useCreateOrder() {
  return useWrite(
    (order: NewPurchaseOrder, key: string) =>
      data(api.POST('/purchase-orders', { params: { header: once(key) }, body: order })),
    TOUCHED,
  )
}

/** Changes a draft that was seen in this version. */
export function useUpdateOrder() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: PurchaseOrderChange }) =>
      data(
        api.PATCH('/purchase-orders/{id}', {
          params: { path: { id }, header: ifMatch(version) },
          body: change,
        }),
      ),
    TOUCHED,
  )
}

/** A new draft with the lines of an order. */
export function useDuplicateOrder() {
  return useWrite(
    (id: number, key: string) =>
      data(
        api.POST('/purchase-orders/{id}/duplicate', {
          params: { path: { id }, header: once(key) },
          body: {},
        }),
      ),
    TOUCHED,
  )
}

export function readOrder(id: number) {
  return data(api.GET('/purchase-orders/{id}', { params: { path: { id } } }))
}

/** So many products are asked for at once: an address has a greatest length. */
const ASKED_AT_ONCE = 100

/** What the supplier sells of these products, by the key of the product. */
export async function readOffers(
  supplierId: number,
  productIds: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, SupplierProduct>> {
  const found: SupplierProduct[] = []
  for (let from = 0; from < productIds.length; from += ASKED_AT_ONCE) {
    const product_id = productIds.slice(from, from + ASKED_AT_ONCE)
    const offers = await everyPage(cursor => {
      const query = { supplier_id: [supplierId], product_id, limit: 200, ...(cursor && { cursor }) }
      return data(api.GET('/supplier-products', { params: { query }, ...(signal && { signal }) }))
    })
    found.push(...offers)
  }
  return new Map(found.map(offer => [offer.product_id, offer]))
}

const NO_OFFERS: ReadonlyMap<number, SupplierProduct> = new Map()

/** The same, kept up to date while an order is written. */
export function useOffers(supplierId: number | null, productIds: readonly number[]) {
  const products = [...new Set(productIds)].sort((a, b) => a - b)
  const query = useQuery({
    queryKey: keys.supplierProducts({ supplier: supplierId, products }),
    queryFn: ({ signal }) => readOffers(supplierId ?? 0, products, signal),
    enabled: supplierId !== null && products.length > 0,
    placeholderData: keepPreviousData,
  })
  return query.data ?? NO_OFFERS
}

/** The lots that are known of these products, by the key of the product. */
export function useLots(productIds: readonly number[]): ReadonlyMap<number, readonly string[]> {
  const products = [...new Set(productIds)].sort((a, b) => a - b)
  const query = useQuery({
    queryKey: keys.stockLevels({ lotsOf: products }),
    queryFn: async ({ signal }) => {
      const lots = new Map<number, string[]>()
      for (let from = 0; from < products.length; from += ASKED_AT_ONCE) {
        const product_id = products.slice(from, from + ASKED_AT_ONCE)
        const levels = await everyPage(cursor => {
          const query = { product_id, limit: 200, ...(cursor && { cursor }) }
          return data(api.GET('/stock-levels', { params: { query }, signal }))
        })
        for (const level of levels) {
          const known = lots.get(level.product_id) ?? []
          if (level.lot !== null && !known.includes(level.lot))
            lots.set(level.product_id, [...known, level.lot])
        }
      }
      return lots
    },
  })
  return query.data ?? NO_LOTS
}

const NO_LOTS: ReadonlyMap<number, readonly string[]> = new Map()
