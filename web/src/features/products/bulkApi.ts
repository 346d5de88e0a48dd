import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import type { NewPriceChange, Product } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

/** What a change of many prices would do. */
export function usePreviewPriceChange() {
  return useWrite(
    (change: NewPriceChange, key: string) =>
      data(
        api.POST('/price-changes', {
          params: { query: { dry_run: true }, header: once(key) },
          body: change,
        }),
      ),
    [],
  )
}

export function useChangePrices() {
  return useWrite(
    (change: NewPriceChange, key: string) =>
      data(api.POST('/price-changes', { params: { header: once(key) }, body: change })),
    [keys.products()],
  )
}

/** How it ended for those that were to be archived. */
export interface Archived {
  done: number
  refused: { product: Product; error: unknown }[]
}

/** Archives each; one that cannot be does not hold up the others. */
export function useArchiveMany() {
  return useWrite(
    async (products: readonly Product[]): Promise<Archived> => {
      const ended: Archived = { done: 0, refused: [] }
      for (const product of products) {
        try {
          const path = { id: product.id }
          await data(api.DELETE('/products/{id}', { params: { path, header: ifMatch(product.version) } }))
          ended.done += 1
        } catch (error) {
          ended.refused.push({ product, error })
        }
      }
      return ended
    },
    [keys.products()],
  )
}
