import { useSyncExternalStore } from 'react'

/** Something that this browser remembers. */
export interface Stored<T> {
  get(): T
  /** Throws if the browser has no room to remember it: then it is only known until the page is closed. */
  set(value: T): void
  subscribe(listener: () => void): () => void
}

/** Remembers a value under this name; what is stored and not understood counts as `initial`. */
export function stored<T>(name: string, initial: T, parse: (value: unknown) => T | undefined): Stored<T> {
  const listeners = new Set<() => void>()
  let value = read()
  function read(): T {
    try {
      return parse(JSON.parse(localStorage.getItem(name) ?? 'null')) ?? initial
    } catch {
      return initial
    }
  }
  window.addEventListener('storage', event => {
    if (event.key !== name) return
    value = read()
    for (const listener of listeners) listener()
  })
  return {
    get: () => value,
    set(next) {
      value = next
      try {
        if (next === initial) localStorage.removeItem(name)
        else localStorage.setItem(name, JSON.stringify(next))
      } finally {
        for (const listener of listeners) listener()
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStored<T>(store: Stored<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
