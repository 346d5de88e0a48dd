import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import { touchedBy } from '~/api/live'
import { useWrite } from '~/api/write'
import { momentsOf, type ReceiptSearch } from './search'

const PAGE = 50
/** A receipt changes its order, what is incoming, and stock. */
const TOUCHED = [
  ...touchedBy('goods_receipt.reversed'),
  ...touchedBy('purchase_order.received'),
  ...touchedBy('stock.movement'),
]

/** What came, the latest first. */
export function useReceiptList(search: ReceiptSearch) {
  return useInfiniteQuery({
    queryKey: keys.goodsReceipts({ ...search }),
    queryFn: ({ pageParam, signal }) => {
      const { purchase_order_id, supplier_id } = search
      const query = {
        ...momentsOf(search),
        ...(purchase_order_id !== undefined && { purchase_order_id: [purchase_order_id] }),
        ...(supplier_id !== undefined && { supplier_id: [supplier_id] }),
        ...(pageParam !== null && { cursor: pageParam }),
        limit: PAGE,
      }
      return data(api.GET('/goods-receipts', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}

/** What came for an order. */
export function useReceiptsOf(orderId: number) {
  return useQuery({
    queryKey: keys.goodsReceipts({ of: orderId }),
    queryFn: ({ signal }) => {
      const query = { purchase_order_id: [orderId], limit: 100 }
      return data(api.GET('/goods-receipts', { params: { query }, signal }))
    },
  })
}

export function useReceipt(id: number) {
  return useQuery({
    queryKey: keys.goodsReceipts({ id }),
    queryFn: ({ signal }) => data(api.GET('/goods-receipts/{id}', { params: { path: { id } }, signal })),
  })
}

/** Takes its stock out again and opens its quantities. */
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
