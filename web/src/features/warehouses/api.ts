import { useQuery } from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { Location, LocationChange, NewLocation, NewWarehouse, WarehouseChange } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

const TOUCHED = [keys.warehouses(), keys.locations().slice(0, 1)]

/** All locations of a warehouse, by code, the archived ones too. */
export function useLocations(warehouse: string) {
  return useQuery({
    queryKey: keys.locations({ warehouse, all: true }),
    queryFn: async ({ signal }): Promise<Location[]> => {
      const read = (archived: boolean) =>
        everyPage(cursor => {
          const query = { warehouse: [warehouse], archived, limit: 200, ...(cursor && { cursor }) }
          return data(api.GET('/locations', { params: { query }, signal }))
        })
      const [open, archived] = [await read(false), await read(true)]
      return [...open, ...archived].sort((a, b) => a.code.localeCompare(b.code))
    },
  })
}

export function useCreateWarehouse() {
  return useWrite(
    (warehouse: NewWarehouse, key: string) =>
      data(api.POST('/warehouses', { body: warehouse, params: { header: once(key) } })),
    TOUCHED,
  )
}

export function useUpdateWarehouse() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: WarehouseChange }) =>
      data(
        api.PATCH('/warehouses/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change }),
      ),
    TOUCHED,
  )
}

export function useCloseWarehouse() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/warehouses/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    TOUCHED,
  )
}

export function useCreateLocation() {
  return useWrite(
    (location: NewLocation, key: string) =>
      data(api.POST('/locations', { body: location, params: { header: once(key) } })),
    TOUCHED,
  )
}

export function useUpdateLocation() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: LocationChange }) =>
      data(
        api.PATCH('/locations/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change }),
      ),
    TOUCHED,
  )
}

export function useArchiveLocation() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/locations/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    TOUCHED,
  )
}
