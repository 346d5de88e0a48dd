import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { play } from '~/scanner/sound'
import { areComplete, type Line, NOWHERE, oneMore, type Place, placeBody } from './lines'
import { useStockScan } from './resolve'
import { stockTexts } from './texts'

/** What forms of several products at one place have in common: lines that scans fill in, and what is still missing. */
export function useLinesForm(initial: Product | null) {
  const t = useTexts(stockTexts)
  const [place, setPlace] = useState<Place>(NOWHERE)
  const [lines, setLines] = useState<Line[]>(() => (initial ? oneMore([], initial) : []))
  const [reference, setReference] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  useStockScan({
    warehouse: place.warehouse,
    onProduct: product => setLines(before => oneMore(before, product)),
    onLocation: location => setPlace({ warehouse: location.warehouse, locationId: location.id }),
  })
  const complete = areComplete(lines)
  return {
    place,
    setPlace,
    lines,
    setLines,
    reference,
    setReference,
    fault,
    /** While it is sent, nobody asks what it would do. */
    sending,
    /** The lines as they are sent; null: something is missing. */
    sent: complete
      ? lines.map(line => ({
          product_id: line.product.id,
          quantity: Number(line.quantity),
          ...placeBody(place),
        }))
      : null,
    missing: lines.length === 0 ? t('noLines') : complete ? undefined : t('noQuantity'),
    /** Sends it; what is refused is shown, and nothing that was filled in is lost. */
    async send<Output>(write: () => Promise<Output>, onDone: (done: Output) => void): Promise<void> {
      setFault(null)
      setSending(true)
      try {
        const done = await write()
        play('done')
        onDone(done)
      } catch (error) {
        play('refused')
        setFault(error)
      } finally {
        setSending(false)
      }
    },
  }
}

/** Whether there is not enough, so that reservations could be shortened. */
export function isShort(error: unknown): boolean {
  return error instanceof Problem && error.code === 'insufficient_stock'
}
