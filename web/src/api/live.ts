import { type QueryClient, type QueryKey, useQuery } from '@tanstack/react-query'
import { api, data } from './client'
import { keys } from './keys'
import type { EventPage } from './schema.gen'

/** What is read anew for each type of event, by its first part. */
const TOUCHED: Record<string, readonly QueryKey[]> = {
  stock: [
    keys.products(),
    keys.stockLevels().slice(0, 1),
    keys.stockMovements().slice(0, 1),
    keys.stockTransfers().slice(0, 1),
    keys.replenishment().slice(0, 1),
    keys.reports(),
    keys.ledger(),
  ],
  low_stock: [keys.lowStock().slice(0, 1), keys.products(), keys.reports(), keys.replenishment().slice(0, 1)],
  product: [keys.products(), keys.reports()],
  price: [keys.products(), keys.reports()],
  category: [keys.categories(), keys.products()],
  warehouse: [keys.warehouses()],
  location: [keys.locations().slice(0, 1)],
  reservation: [keys.reservations().slice(0, 1), keys.products()],
  purchase_order: [keys.purchaseOrders().slice(0, 1), keys.products(), keys.replenishment().slice(0, 1)],
  goods_receipt: [keys.goodsReceipts().slice(0, 1), keys.purchaseOrders().slice(0, 1)],
  supplier: [keys.suppliers(), keys.supplierProducts().slice(0, 1)],
  supplier_return: [keys.purchaseOrders().slice(0, 1), keys.suppliers()],
  supplier_product: [keys.supplierProducts().slice(0, 1), keys.replenishment().slice(0, 1)],
  supplier_cost: [keys.supplierProducts().slice(0, 1), keys.replenishment().slice(0, 1), keys.reports()],
  reorder_policy: [keys.lowStock().slice(0, 1), keys.products(), keys.replenishment().slice(0, 1)],
  stock_transfer: [keys.stockTransfers().slice(0, 1)],
}

/** What is read anew after an event of this type, such as `stock.movement`. Unknown ones are passed over. */
export function touchedBy(type: string): readonly QueryKey[] {
  return TOUCHED[type.split('.')[0] ?? ''] ?? []
}

/**
 * Where the change feed is: asked before anything of a page is read, so that what is changed while it is read is heard. null:
 * nobody knows. Asked once, and never anew.
 */
export function useFeedPosition(enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: keys.feedPosition(),
    queryFn: ({ signal }) =>
      data(
        api.GET('/events', {
          params: { query: { after: 'latest' } },
          headers: { Accept: 'application/json' },
          signal,
        }),
      ).then(
        page => (page as EventPage).next_cursor,
        () => null,
      ),
    staleTime: 'static',
  })
}

/** Events that arrive together are answered by one round of reading. */
const TOGETHER_MS = 250
const RECONNECT_MS = 3000

/**
 * Keeps what is shown true: whatever anybody changes is read anew. A browser allows six connections to a server, so of all
 * open tabs one listens and tells the others. It listens from a position that was taken before anything was read; without one
 * everything is read anew.
 *
 * Returns what ends it.
 */
export function followChanges(
  queryClient: QueryClient,
  onState: (connected: boolean) => void,
  position: string | null,
): () => void {
  const tabs = new BroadcastChannel('stockbook-events')
  const ended = new AbortController()
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** The next round begins after this one has ended: it would cancel reads that are slow, over and over. */
  const flush = async () => {
    const touched = new Map([...waiting].flatMap(touchedBy).map(key => [JSON.stringify(key), key]))
    waiting.clear()
    await Promise.all([...touched.values()].map(queryKey => queryClient.invalidateQueries({ queryKey })))
    const more = waiting.size > 0 && !ended.signal.aborted
    timer = more ? setTimeout(() => void flush(), TOGETHER_MS) : undefined
  }
  const note = (type: string) => {
    waiting.add(type)
    timer ??= setTimeout(() => void flush(), TOGETHER_MS)
  }
  tabs.onmessage = ({ data }) => {
    if (typeof data?.type === 'string') note(data.type)
    if (typeof data?.connected === 'boolean') onState(data.connected)
    if (data?.missed) void queryClient.invalidateQueries()
  }
  const tell = (message: { type?: string; connected?: boolean; missed?: boolean }) => {
    tabs.onmessage?.(new MessageEvent('message', { data: message }))
    tabs.postMessage(message)
  }
  // Whoever has the lock listens, until its tab is closed; then the next one gets it.
  void takeTurn(ended.signal, waited => listen(tell, ended.signal, waited ? null : position)).catch(() => {})

  return () => {
    ended.abort()
    clearTimeout(timer)
    tabs.close()
  }
}

const LOCK = 'stockbook-events'

/** Runs it as the one tab that listens. `waited`: another one did before, and what came between the two nobody has heard. */
async function takeTurn(signal: AbortSignal, run: (waited: boolean) => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined // there is none without HTTPS
  const begun = await locks?.request(LOCK, { ifAvailable: true }, async lock => {
    if (lock) await run(false)
    return lock !== null
  })
  if (begun === false) await locks?.request(LOCK, { signal }, () => run(true))
}

type Tell = (message: { type?: string; connected?: boolean; missed?: boolean }) => void

/**
 * Listens until the signal, from a position on. A stream that was refused or has expired is begun anew at the end, and
 * everything read anew with it; so it is at once if there is no position.
 */
function listen(tell: Tell, signal: AbortSignal, position: string | null): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const begin = (after: string | null) => {
      let missed = after === null
      source = new EventSource(`/events?after=${after ?? 'latest'}`)
      source.onopen = () => {
        tell(missed ? { connected: true, missed: true } : { connected: true })
        missed = false
      }
      source.onmessage = ({ data }) => {
        const event = JSON.parse(data)
        if (typeof event?.type === 'string') tell({ type: event.type })
      }
      source.onerror = () => {
        tell({ connected: false })
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(() => begin(null), RECONNECT_MS)
      }
    }
    begin(position)
    signal.addEventListener('abort', () => {
      source?.close()
      clearTimeout(timer)
      resolve()
    })
  })
}

/** So often everything that is shown is read anew for whoever may not listen. */
const ASK_MS = 15_000

/**
 * The same for whoever may not read the change feed: what is shown is read anew from time to time, while somebody looks.
 *
 * Returns what ends it.
 */
export function askForChanges(queryClient: QueryClient, onState: (connected: boolean) => void): () => void {
  const ask = async () => {
    if (document.hidden) return
    const answer = await fetch('/livez').catch(() => null)
    onState(answer?.ok ?? false)
    if (answer?.ok) await queryClient.invalidateQueries()
  }
  const timer = setInterval(() => void ask(), ASK_MS)
  return () => clearInterval(timer)
}
