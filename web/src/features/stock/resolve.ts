import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { Location, Product } from '~/api/schema.gen'
import { useWriting } from '~/api/write'
import { productByCode } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { notifyProblem, notifyRefused } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { useLocations } from './api'
import { stockTexts } from './texts'

/** What a code that was scanned stands for. */
export type Meaning =
  | { kind: 'location'; location: Location }
  | { kind: 'product'; product: Product }
  | { kind: 'unknown'; code: string }

/**
 * The location with this label: `A-01`, or with its warehouse `MAIN/A-01`. Of two warehouses that both have it, the one
 * where the person works comes first.
 */
export function locationByCode(
  locations: readonly Location[],
  code: string,
  warehouse: string | null,
): Location | null {
  const wanted = code.toLowerCase()
  const named = locations.filter(
    one => one.code.toLowerCase() === wanted || `${one.warehouse}/${one.code}`.toLowerCase() === wanted,
  )
  return named.find(one => one.warehouse === warehouse) ?? named[0] ?? null
}

/** Asks what a code means: locations are known here, products are asked for. */
async function meaningOf(
  queryClient: QueryClient,
  locations: readonly Location[],
  code: string,
  warehouse: string | null,
): Promise<Meaning> {
  const location = locationByCode(locations, code, warehouse)
  if (location) return { kind: 'location', location }
  const product = await queryClient.fetchQuery(productByCode(code))
  return product ? { kind: 'product', product } : { kind: 'unknown', code }
}

interface StockScan {
  warehouse: string | null
  onProduct: (product: Product) => void
  onLocation: (location: Location) => void
}

/**
 * Scans fill in the form that is shown: the label of a location its place, a product its product or a line. While it is
 * being sent they do not: they would be lost with what is cleared after it.
 */
export function useStockScan({ warehouse, onProduct, onLocation }: StockScan): void {
  const t = useTexts(stockTexts)
  const queryClient = useQueryClient()
  const ui = useTexts(uiTexts)
  const locations = useLocations(null).data ?? []
  const writing = useWriting()
  const later = (code: string) => {
    play('warning')
    notifyRefused(code, ui('scanLater'))
  }
  useScanner(async code => {
    if (writing()) return later(code)
    try {
      const meaning = await meaningOf(queryClient, locations, code, warehouse)
      if (writing()) return later(code)
      if (meaning.kind === 'unknown') {
        play('refused')
        return notifyProblem(new Error(t('unknownCode', { code })))
      }
      play('done')
      if (meaning.kind === 'product') onProduct(meaning.product)
      else onLocation(meaning.location)
    } catch (error) {
      play('refused')
      notifyProblem(error)
    }
  })
}
