import { useEffect, useRef, useState } from 'react'
import { NOTHING, type Receiving } from './receiving'

/** Changes what is being received, and gives what it is then. */
export type ChangeReceiving = (change: (before: Receiving) => Receiving) => Receiving

/**
 * What is being received for an order: the browser keeps it until it is posted, so that a page that is closed by mistake
 * loses nothing that was counted.
 */
export function useReceiving(orderId: number) {
  const name = `stockbook-receiving-${orderId}`
  const [kept] = useState(() => read(name))
  const [receiving, setReceiving] = useState<Receiving>(kept ?? NOTHING)
  // Scans come faster than pages are drawn: each builds on the one before.
  const latest = useRef(receiving)
  const change: ChangeReceiving = next => {
    latest.current = next(latest.current)
    setReceiving(latest.current)
    return latest.current
  }
  useEffect(() => {
    try {
      if (receiving.parts.length === 0) localStorage.removeItem(name)
      else localStorage.setItem(name, JSON.stringify(receiving))
    } catch {
      // no room: it is still on the page
    }
  }, [name, receiving])
  return { receiving, change, wasKept: kept !== null }
}

function read(name: string): Receiving | null {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? 'null')
    return Array.isArray(found?.parts) && Array.isArray(found.scans) ? { ...NOTHING, ...found } : null
  } catch {
    return null
  }
}
