import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import { touchedBy } from '~/api/live'
import type { NewStockTransferReceipt, StockTransferStatus } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

/** Which transfers are listed. */
export type TransferGroup = 'open' | 'done'

const GROUPS: Record<TransferGroup, StockTransferStatus[]> = {
  open: ['draft', 'in_transit', 'partially_received'],
  done: ['received', 'cancelled'],
}
const PAGE = 50

export function useTransfers(group: TransferGroup) {
  return useInfiniteQuery({
    queryKey: keys.stockTransfers({ group }),
    queryFn: ({ pageParam, signal }) => {
      const query = {
        status: GROUPS[group],
        limit: PAGE,
        ...(pageParam !== null && { cursor: pageParam }),
      }
      return data(api.GET('/stock-transfers', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
  })
}

export function useTransfer(id: number) {
  return useQuery({
    queryKey: keys.stockTransfers({ id }),
    queryFn: ({ signal }) => data(api.GET('/stock-transfers/{id}', { params: { path: { id } }, signal })),
  })
}

const STOCK = touchedBy('stock.movement')

/** Ships a draft, or cancels a transfer: what is on its way goes back. */
export function useTransferStep() {
  return useWrite(({ id, step }: { id: number; step: 'ship' | 'cancel' }, key: string) => {
    const params = { path: { id }, header: once(key) }
    return data(
      step === 'ship'
        ? api.POST('/stock-transfers/{id}/ship', { body: {}, params })
        : api.POST('/stock-transfers/{id}/cancel', { body: {}, params }),
    )
  }, STOCK)
}

/** What has arrived; without lines everything that is on its way. */
export function useReceiveTransfer() {
  return useWrite(
    ({ id, receipt }: { id: number; receipt: NewStockTransferReceipt }, key: string) =>
      data(
        api.POST('/stock-transfers/{id}/receive', {
          body: receipt,
          params: { path: { id }, header: once(key) },
        }),
      ),
    STOCK,
  )
}
