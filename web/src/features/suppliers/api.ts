import { useQuery } from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type {
  NewSupplier,
  NewSupplierProduct,
  Supplier,
  SupplierChange,
  SupplierProduct,
  SupplierProductChange,
} from '~/api/schema.gen'
import { useWrite } from '~/api/write'

const SUPPLIERS = [keys.suppliers(), keys.purchaseOrders().slice(0, 1)]
const OFFERS = [keys.supplierProducts().slice(0, 1), keys.replenishment().slice(0, 1)]

/** All suppliers by name. There are few: they are read whole. */
export function useSuppliers(archived = false) {
  return useQuery({
    queryKey: keys.supplierList({ archived }),
    queryFn: async ({ signal }): Promise<Supplier[]> => {
      const suppliers = await everyPage(cursor => {
        const query = { archived, limit: 200, ...(cursor && { cursor }) }
        return data(api.GET('/suppliers', { params: { query }, signal }))
      })
      return suppliers.sort((a, b) => a.name.localeCompare(b.name))
    },
    staleTime: 300_000,
  })
}

export function useSupplier(id: number) {
  return useQuery({
    queryKey: keys.supplier(id),
    queryFn: ({ signal }) => data(api.GET('/suppliers/{id}', { params: { path: { id } }, signal })),
  })
}

/** What a supplier sells. */
export function useSupplierProducts(id: number) {
  return useQuery({
    queryKey: keys.supplierProducts({ supplier: id }),
    queryFn: ({ signal }): Promise<SupplierProduct[]> =>
      everyPage(cursor => {
        const query = { supplier_id: [id], limit: 200, ...(cursor && { cursor }) }
        return data(api.GET('/supplier-products', { params: { query }, signal }))
      }),
  })
}

/** The latest orders there. */
export function useSupplierOrders(id: number) {
  return useQuery({
    queryKey: keys.purchaseOrders({ supplier: id }),
    queryFn: ({ signal }) =>
      data(api.GET('/purchase-orders', { params: { query: { supplier_id: [id], limit: 10 } }, signal })),
  })
}

export function useCreateSupplier() {
  return useWrite(
    (supplier: NewSupplier, key: string) =>
      data(api.POST('/suppliers', { body: supplier, params: { header: once(key) } })),
    SUPPLIERS,
  )
}

export function useUpdateSupplier() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: SupplierChange }) =>
      data(
        api.PATCH('/suppliers/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change }),
      ),
    SUPPLIERS,
  )
}

/** Deletes it, or archives it if anything was ever ordered there. */
export function useArchiveSupplier() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/suppliers/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    SUPPLIERS,
  )
}

export function useAddSupplierProduct() {
  return useWrite(
    (offer: NewSupplierProduct, key: string) =>
      data(api.POST('/supplier-products', { body: offer, params: { header: once(key) } })),
    OFFERS,
  )
}

export function useUpdateSupplierProduct() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: SupplierProductChange }) =>
      data(
        api.PATCH('/supplier-products/{id}', {
          params: { path: { id }, header: ifMatch(version) },
          body: change,
        }),
      ),
    OFFERS,
  )
}

export function useRemoveSupplierProduct() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/supplier-products/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    OFFERS,
  )
}
