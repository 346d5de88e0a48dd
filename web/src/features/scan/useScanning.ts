import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, data } from '~/api/client'
import { Problem } from '~/api/problem'
import type { Product, StockLevel } from '~/api/schema.gen'
import { useMe } from '~/app/session'
import { productByCode, productQuery } from '~/features/products/api'
import { useLocations } from '~/features/stock/api'
import { sum } from '~/features/stock/lines'
import { locationByCode } from '~/features/stock/resolve'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { useStored } from '~/stored'
import type { ScanResult } from '~/ui/ScanFeedback'
import { worksOf } from './jobs'
import { allJobs, enqueue, removeJob } from './queue'
import { ownerOf } from './SendScans'
import {
  addScan,
  atPlace,
  canBe,
  isSamePlace,
  type KnownProduct,
  lotNow,
  type Mode,
  type ScanLine,
  type ScanPlace,
  undoLast,
  withMode,
} from './session'
import { sessionStore } from './store'
import { scanTexts } from './texts'

/** Whoever scans waits no longer for what a code is: then it is counted as if there were no connection. */
const ANSWER_MS_MAX = 5000

/** What a code was found to be; null: no product has it; undefined: the server could not be asked. */
type Found = Product | null | undefined

/** The scanning itself: what each code does in the mode that is chosen. */
export function useScanning() {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const queryClient = useQueryClient()
  const me = useMe().data
  const owner = me ? ownerOf(me) : null
  const session = useStored(sessionStore)
  const locations = useLocations(null).data ?? []
  const [result, setResult] = useState<ScanResult | null>(null)
  const [found, setFound] = useState<Product | null>(null)
  const [unknown, setUnknown] = useState<readonly string[]>([])
  const [step, setStep] = useState(1)
  const latestStep = useRef(1)
  const known = useRef(new Map<string, Product>())
  const turn = useRef<Promise<void>>(Promise.resolve())

  const changeStep = (next: number) => {
    latestStep.current = next
    setStep(next)
  }
  /** What people do happens in the order in which they do it: it waits for what was scanned before and is looked up yet. */
  const inTurn = <T>(run: () => T | Promise<T>): Promise<T> => {
    const taken = turn.current.then(run)
    turn.current = taken.then(
      () => {},
      () => {},
    )
    return taken
  }
  const tell = (sound: 'done' | 'warning' | 'refused', next: ScanResult) => {
    play(sound)
    setResult(next)
  }

  const find = async (code: string): Promise<Found> => {
    const cached = known.current.get(code)
    if (cached) return cached
    try {
      const asked = queryClient.fetchQuery({ ...productByCode(code), retry: false })
      const product = await within(ANSWER_MS_MAX, asked)
      if (product) known.current.set(code, product)
      return product
    } catch (error) {
      if (error instanceof Problem && error.retryable) return undefined
      throw error
    }
  }

  const take = async (code: string, product: Product | null) => {
    const now = sessionStore.get()
    const quantity = latestStep.current
    const counted: KnownProduct | null = product && pick(product)
    const lot = lotNow(now, counted)
    const first = !now.lines.some(
      line => line.product?.id === product?.id && isSamePlace(line.place, now.place) && line.lot === lot,
    )
    const expected = now.mode === 'count' && first ? await expectedAt(now.place, product, lot) : null
    const scan = { code, product: counted, quantity, expected }
    try {
      if (now.commit === 'each' && now.mode !== 'count') {
        const [line] = addScan({ ...now, lines: [] }, scan).lines
        for (const work of line ? worksOf(now, [line], { reference: '', reason: t('reasonCount') }) : []) {
          enqueue(work, owner ?? '')
        }
        tell('done', { tone: 'good', title: amount(now.mode, quantity), text: product?.name ?? code })
      } else {
        const next = addScan(sessionStore.get(), scan)
        sessionStore.set(next)
        const title = format.quantity(next.lines[0]?.quantity ?? 0)
        tell('done', { tone: 'good', title, text: product?.name ?? code })
      }
    } catch {
      return tell('refused', { tone: 'bad', title: code, text: t('noRoom') })
    }
    changeStep(1)
    if (!product) setResult({ tone: 'warn', title: code, text: t('unknownOffline') })
  }
  const amount = (mode: string, quantity: number) =>
    `${mode === 'receive' ? '+' : mode === 'issue' ? '−' : ''}${format.quantity(quantity)}`

  const onCode = async (code: string) => {
    const now = sessionStore.get()
    const location = locationByCode(locations, code, now.place?.warehouse ?? null)
    if (location && now.mode !== 'lookup') {
      const place = { warehouse: location.warehouse, locationId: location.id, location: location.code }
      const next = atPlace(now, place)
      sessionStore.set(next)
      const text = next.mode === 'move' && next.to === null ? t('nowTo') : t('nowScanning')
      return tell('done', { tone: 'good', title: t('scannedPlace', { place: nameOf(place) }), text })
    }
    if (now.mode === 'count' && now.place?.locationId == null) {
      return tell('warning', { tone: 'warn', title: t('placeFirst') })
    }
    if (now.mode === 'move' && now.place === null) {
      return tell('warning', { tone: 'warn', title: t('placeFirst') })
    }
    if (now.mode === 'move' && now.to === null) return tell('warning', { tone: 'warn', title: t('toFirst') })
    const product = await find(code)
    if (product === null) {
      if (now.mode !== 'lookup') setUnknown(before => (before.includes(code) ? before : [...before, code]))
      return tell('refused', { tone: 'bad', title: t('unknown', { code }), text: t('unknownHint') })
    }
    if (now.mode !== 'lookup') return take(code, product ?? null)
    if (!product) return tell('warning', { tone: 'warn', title: code, text: t('unknownOffline') })
    const fresh = await queryClient.fetchQuery({ ...productQuery(product.id), staleTime: 0, retry: false })
    setFound(fresh)
    const figures = { quantity: format.quantity(fresh.on_hand), available: format.quantity(fresh.available) }
    tell('done', { tone: 'good', title: fresh.name, text: t('onHand', figures) })
  }

  const scan = (code: string) => {
    const failed = (error: Error) => tell('refused', { tone: 'bad', title: code, text: error.message })
    return inTurn(() => onCode(code)).catch(failed)
  }
  useScanner(code => void scan(code))

  /** Takes the last scan back: from the list, or, where it is entered at once, from the stock. */
  const undoNow = () => {
    const now = sessionStore.get()
    if (now.commit === 'each' && now.mode !== 'count') {
      const jobs = allJobs().filter(job => job.owner === owner && job.work.kind !== 'undo')
      const undone = undoneKeys()
      const last = jobs.findLast(job => job.state !== 'refused' && !undone.has(job.key))
      if (!last) return
      if (last.state === 'waiting' && last.tries === 0) removeJob(last)
      else enqueue({ kind: 'undo', of: last.key, reason: t('reasonUndo') }, owner ?? '')
      return tell('warning', { tone: 'warn', title: t('undoneLast', { name: titleOf(last.work) }) })
    }
    sessionStore.set(undoLast(now))
    tell('warning', { tone: 'warn', title: t('undo') })
  }

  /**
   * Enters all of it: into the queue, which sends it. It does not, and says so, if what is scanned is not what was shown
   * any more: whoever has seen less than all of it has not agreed to it.
   */
  const finish = (lines: readonly ScanLine[], reference: string): Promise<boolean> => {
    const shown = session.lines
    return inTurn(() => {
      const now = sessionStore.get()
      if (now.lines !== shown || shown.length === 0) {
        play('warning')
        return false
      }
      try {
        for (const work of worksOf(now, lines, { reference, reason: t('reasonCount') })) {
          enqueue(work, owner ?? '')
        }
      } catch {
        tell('refused', { tone: 'bad', title: t('noRoom') })
        return true
      }
      sessionStore.set({ ...now, lines: [], before: [], lots: {} })
      setResult(null)
      play('done')
      return true
    })
  }

  return {
    session,
    owner,
    result,
    found,
    step,
    /** The next scan counts so many more, or fewer. */
    addToStep: (by: number) => void inTurn(() => changeStep(Math.max(1, latestStep.current + by))),
    scan: (code: string) => void scan(code),
    undo: () => void inTurn(undoNow),
    /** Whether it was taken on, or there is no room for it; not if it has to be looked at again. */
    finish,
    choosePlace: (which: 'place' | 'to', place: ScanPlace) =>
      void inTurn(() => sessionStore.set({ ...sessionStore.get(), [which]: place })),
    chooseMode: (mode: Mode) =>
      void inTurn(() => {
        const now = sessionStore.get()
        if (canBe(now, mode)) sessionStore.set(withMode(now, mode))
      }),
    unknown,
    /** This code is dealt with. */
    resolved: (code: string) => setUnknown(before => before.filter(one => one !== code)),
  }
}

/** What it answers; undefined if that takes longer. */
function within<T>(ms: number, asked: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

/** What the system thinks lies there, of the lot or of all of them; null if it cannot be asked now. */
async function expectedAt(
  place: ScanPlace | null,
  product: Product | null,
  lot: string | null,
): Promise<number | null> {
  if (!place || !product) return null
  const params = { path: { id: product.id }, query: { limit: 200 } }
  const asked = data(api.GET('/products/{id}/levels', { params })).catch(() => null)
  const levels = await within(ANSWER_MS_MAX, asked)
  return levels ? onHandAt(levels.items, place, lot) : null
}

/** On hand at a place, of the lot or of all of them. */
export function onHandAt(levels: readonly StockLevel[], place: ScanPlace, lot: string | null): number {
  const there = levels.filter(
    level =>
      (place.locationId === null
        ? level.warehouse === place.warehouse
        : level.location_id === place.locationId) &&
      (lot === null || level.lot === lot),
  )
  return sum(...there.map(level => level.on_hand))
}

export function pick({ id, sku, name, unit }: KnownProduct): KnownProduct {
  return { id, sku, name, unit }
}

export function nameOf(place: ScanPlace): string {
  return place.location === null ? place.warehouse : `${place.location} · ${place.warehouse}`
}

/** Keys of the jobs that were taken back. */
export function undoneKeys(): ReadonlySet<string> {
  return new Set(allJobs().flatMap(job => (job.work.kind === 'undo' ? [job.work.of] : [])))
}

/** What a job is about, in a few words. */
export function titleOf(work: Parameters<typeof enqueue>[0]): string {
  if (work.kind === 'undo') return ''
  const [first, ...others] = work.kind === 'count' ? [work.line] : work.lines
  const name = first?.product?.name ?? first?.code ?? ''
  return others.length > 0 ? `${name} + ${others.length}` : name
}
