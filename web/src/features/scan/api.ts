import { queryOptions, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { api, data, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { Location, NewStockAdjustment } from '~/api/schema.gen'
import { useWrite } from '~/api/write'
import { problemText } from '~/ui/problems'
import { type Scan, ScanQueue } from './queue'

const KEPT = 'stockbook-scans-waiting'

/** All scans of this browser. One for the whole app: it goes on while other pages are shown. */
export const scanQueue = new ScanQueue(
  async ({ key, post }) => {
    if (post.to === '/stock-movements') {
      const movement = await data(
        api.POST('/stock-movements', { body: post.body, params: { header: once(key) } }),
      )
      return { movementId: movement.id ?? null }
    }
    await data(api.POST('/stock-transfers', { body: post.body, params: { header: once(key) } }))
    return { movementId: null }
  },
  {
    read() {
      try {
        const kept = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
        return Array.isArray(kept) ? kept : []
      } catch {
        return []
      }
    },
    write: scans => localStorage.setItem(KEPT, JSON.stringify(scans)),
  },
  undefined,
  problemText,
)

export function useScans(): readonly Scan[] {
  return useSyncExternalStore(scanQueue.subscribe, scanQueue.list)
}

/** The locations of a warehouse where stock is worked with. */
export function locationsQuery(warehouse: string | null) {
  return queryOptions({
    queryKey: keys.locations({ warehouse }),
    queryFn: async ({ signal }): Promise<Location[]> => {
      const locations = await everyPage(cursor => {
        const query = { limit: 200, ...(warehouse && { warehouse: [warehouse] }), ...(cursor && { cursor }) }
        return data(api.GET('/locations', { params: { query }, signal }))
      })
      return locations.filter(location => location.kind !== 'transit' && !location.archived)
    },
    staleTime: 300_000,
  })
}

export function useLocations(warehouse: string | null) {
  return useQuery({ ...locationsQuery(warehouse), enabled: warehouse !== null })
}

const TOUCHED = [keys.products(), ['stock-levels'], ['stock-movements'], ['low-stock']]

/** Takes what a scan did back: a movement of its own, so that history stays. */
export function useReverseScan() {
  return useWrite(
    ({ id, reason }: { id: number; reason: string }, key: string) =>
      data(
        api.POST('/stock-movements/{id}/reverse', {
          params: { path: { id }, header: once(key) },
          body: { reason },
        }),
      ),
    TOUCHED,
  )
}

export function useAdjust() {
  return useWrite(
    (adjustment: NewStockAdjustment, key: string) =>
      data(api.POST('/stock-adjustments', { body: adjustment, params: { header: once(key) } })),
    TOUCHED,
  )
}

/** What is on hand of a product at a location: 0 where there is no level. */
export async function readOnHand(productId: number, locationId: number): Promise<number> {
  const query = { product_id: [productId], location_id: [locationId], limit: 200 }
  const page = await data(api.GET('/stock-levels', { params: { query } }))
  return page.items.reduce((sum, level) => sum + level.on_hand, 0)
}
