import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import { Problem } from '~/api/problem'
import type { Category, NewProduct, Product, ProductChange, Warehouse } from '~/api/schema.gen'
import { useWrite } from '~/api/write'
import type { ProductSearch } from './search'

const PAGE = 100

/** A page of the list as it is filtered. */
export function readProducts(
  search: ProductSearch,
  cursor: string | null,
  limit: number,
  signal?: AbortSignal,
) {
  const { category_id, warehouse, ...rest } = search
  const query = {
    ...rest,
    ...(category_id !== undefined && { category_id: [category_id] }),
    ...(warehouse !== undefined && { warehouse: [warehouse] }),
    ...(cursor !== null && { cursor }),
    limit,
  }
  return data(api.GET('/products', { params: { query }, ...(signal && { signal }) }))
}

/** The list as it is filtered, page by page. What was shown stays until the new rows are there. */
export function productList(search: ProductSearch) {
  return infiniteQueryOptions({
    queryKey: keys.productList(search),
    queryFn: ({ pageParam, signal }) => readProducts(search, pageParam, PAGE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}

export function useProductList(search: ProductSearch) {
  return useInfiniteQuery(productList(search))
}

export function productQuery(id: number) {
  return queryOptions({
    queryKey: keys.product(id),
    queryFn: ({ signal }) => data(api.GET('/products/{id}', { params: { path: { id } }, signal })),
  })
}

export function useProduct(id: number) {
  return useQuery(productQuery(id))
}

/** The product that has this barcode or SKU; null if none has. */
export function productByCode(code: string) {
  return queryOptions({
    queryKey: keys.codeLookup(code),
    queryFn: async ({ signal }): Promise<Product | null> => {
      const ask = (query: { barcode: string[] } | { sku: string[] }) =>
        data(api.GET('/products', { params: { query: { ...query, limit: 1 } }, signal }))
      const [byBarcode, bySku] = await Promise.all([
        ask({ barcode: [code] }).catch(noneIfRefused),
        ask({ sku: [code] }).catch(noneIfRefused),
      ])
      return byBarcode?.items[0] ?? bySku?.items[0] ?? null
    },
    staleTime: 0,
  })
}

/** A code that cannot be a barcode, or no SKU, is refused: then no product has it. */
function noneIfRefused(error: unknown): null {
  if (error instanceof Problem && error.refused && error.status !== 401 && error.status !== 403) return null
  throw error
}

/** All categories, by path. There are few: they are read whole. */
export function useCategories() {
  return useQuery({
    queryKey: keys.categories(),
    queryFn: async ({ signal }): Promise<Category[]> => {
      const categories = await everyPage(cursor =>
        data(
          api.GET('/categories', { params: { query: { limit: 200, ...(cursor && { cursor }) } }, signal }),
        ),
      )
      return categories.sort((a, b) => a.path.localeCompare(b.path))
    },
    staleTime: 300_000,
  })
}

export function useWarehouses() {
  return useQuery({
    queryKey: keys.warehouses(),
    queryFn: ({ signal }): Promise<Warehouse[]> =>
      everyPage(cursor =>
        data(
          api.GET('/warehouses', { params: { query: { limit: 200, ...(cursor && { cursor }) } }, signal }),
        ),
      ),
    staleTime: 300_000,
  })
}

export function useCreateProduct() {
  return useWrite(
    (product: NewProduct, key: string) =>
      data(api.POST('/products', { body: product, params: { header: once(key) } })),
    [keys.products()],
  )
}

/** A change of the product as it was seen in this version. */
export interface ProductEdit {
  id: number
  version: number
  change: ProductChange
}

export function useUpdateProduct() {
  return useWrite(
    ({ id, version, change }: ProductEdit) =>
      data(api.PATCH('/products/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change })),
    [keys.products()],
  )
}
