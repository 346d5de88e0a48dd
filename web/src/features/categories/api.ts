import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import type { CategoryChange, NewCategory } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

const TOUCHED = [keys.categories(), keys.products()]

export function useCreateCategory() {
  return useWrite(
    (category: NewCategory, key: string) =>
      data(api.POST('/categories', { body: category, params: { header: once(key) } })),
    TOUCHED,
  )
}

export function useUpdateCategory() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: CategoryChange }) =>
      data(
        api.PATCH('/categories/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change }),
      ),
    TOUCHED,
  )
}

export function useDeleteCategory() {
  return useWrite(
    ({ id, version }: { id: number; version: number }) =>
      data(api.DELETE('/categories/{id}', { params: { path: { id }, header: ifMatch(version) } })),
    TOUCHED,
  )
}
