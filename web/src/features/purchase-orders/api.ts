import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import type { NewGoodsReceipt, NewPurchaseOrder, PurchaseOrder } from '~/api/schema.gen'
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

export function useReceipts(id: number) {
  return useQuery({
    queryKey: keys.goodsReceipts({ order: id }),
    queryFn: ({ signal }) => {
      const query = { purchase_order_id: [id], limit: 100 }
      return data(api.GET('/goods-receipts', { params: { query }, signal }))
    },
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

export function useReverseReceipt() {
  return useWrite(
    ({ id, reason }: { id: number; reason: string }, key: string) =>
      data(
        api.POST('/goods-receipts/{id}/reverse', {
          params: { path: { id }, header: once(key) },
          body: { reason },
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

/** What the supplier sells of this product, and at what cost. */
export async function readOffer(supplierId: number, productId: number) {
  const query = { supplier_id: [supplierId], product_id: [productId], limit: 1 }
  const page = await data(api.GET('/supplier-products', { params: { query } }))
  return page.items[0] ?? null
}
