import { useEffect, useState } from 'react'
import { type Stored, stored, useStored } from '~/stored'
import { NOTHING, type Receiving } from './receiving'

/** Changes what is being received, and gives what it is then. */
export type ChangeReceiving = (change: (before: Receiving) => Receiving) => Receiving

const stores = new Map<number, Stored<Receiving>>()

/** One for each order, whichever page asks: what was posted is gone from all of them. */
function storeOf(orderId: number): Stored<Receiving> {
  const store = stores.get(orderId) ?? stored(`stockbook-receiving-${orderId}`, NOTHING, parse)
  stores.set(orderId, store)
  return store
}

/**
 * What is being received for an order: the browser keeps it until it is posted, so that a page that is closed by mistake
 * loses nothing that was counted. Tabs share it, and it is gone once it is posted, even if nobody waited for that on the
 * page: it would be posted again.
 */
export function useReceiving(orderId: number) {
  const store = storeOf(orderId)
  const receiving = useStored(store)
  const [wasKept] = useState(receiving.parts.length > 0)
  // Scans come faster than pages are drawn: each builds on the one before.
  const change: ChangeReceiving = next => {
    const now = next(store.get())
    try {
      if (now !== store.get()) store.set(now)
    } catch {
      // no room: it is still on the page
    }
    return now
  }
  // Where the next scan goes is not kept without one.
  useEffect(
    () => () => {
      if (store.get().parts.length === 0) store.set(NOTHING)
    },
    [store],
  )
  return { receiving, change, wasKept }
}

function parse(value: unknown): Receiving | undefined {
  const found = value as Partial<Receiving> | null
  if (!Array.isArray(found?.parts) || !Array.isArray(found.scans) || found.parts.length === 0)
    return undefined
  return { ...NOTHING, ...found }
}
