import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import { touchedBy } from '~/api/live'
import type { NewFulfilmentLine, ReservationStatus } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

const PAGE = 50

export function useReservations(status: ReservationStatus) {
  return useInfiniteQuery({
    queryKey: keys.reservations({ status }),
    queryFn: ({ pageParam, signal }) => {
      const query = { status, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) }
      return data(api.GET('/reservations', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
  })
}

export function useReservation(id: number) {
  return useQuery({
    queryKey: keys.reservations({ id }),
    queryFn: ({ signal }) => data(api.GET('/reservations/{id}', { params: { path: { id } }, signal })),
  })
}

const TOUCHED = [...touchedBy('stock.movement'), ...touchedBy('reservation.changed')]

/** What goes out of it; without lines everything that is open. */
export function useFulfilReservation() {
  return useWrite(
    ({ id, lines }: { id: number; lines: NewFulfilmentLine[] }, key: string) =>
      data(
        api.POST('/reservations/{id}/fulfil', {
          body: { lines },
          params: { path: { id }, header: once(key) },
        }),
      ),
    TOUCHED,
  )
}

/** Takes the promise back: what is open of it can be sold again. */
export function useReleaseReservation() {
  return useWrite(
    ({ id, reason }: { id: number; reason: string }, key: string) =>
      data(
        api.POST('/reservations/{id}/release', {
          body: reason ? { reason } : {},
          params: { path: { id }, header: once(key) },
        }),
      ),
    TOUCHED,
  )
}
