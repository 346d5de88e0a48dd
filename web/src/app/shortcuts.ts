import { useEffect, useRef, useSyncExternalStore } from 'react'

/** Keys and what they do: `?`, `/`, `mod+k` (Ctrl or ⌘), `g p` (one after the other). */
export interface Shortcut {
  keys: string
  label: string
  run: () => void
}

/** Time for the second key of two. */
const SECOND_KEY_MS = 1200
/** A single key waits so long for a second fast one: then it was a scanner, which is no shortcut. */
const SCANNER_MS = 70

let active: readonly Shortcut[] = []
const listeners = new Set<() => void>()

function change(next: readonly Shortcut[]): void {
  active = next
  for (const listener of listeners) listener()
}

/** All shortcuts that work now: what `?` shows. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => active,
  )
}

/** These shortcuts work while the component is shown. They do not while somebody types, except those with `mod`. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const signature = shortcuts.map(shortcut => `${shortcut.keys}=${shortcut.label}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the list, which is new each time
  useEffect(() => {
    const mine = latest.current.map((shortcut, index) => ({
      ...shortcut,
      run: () => latest.current[index]?.run(),
    }))
    change([...active, ...mine])
    return () => change(active.filter(shortcut => !mine.includes(shortcut)))
  }, [signature])
}

/** Begins to listen. */
export function startShortcuts(): () => void {
  let first = { key: '', atMs: 0 }
  let waiting: ReturnType<typeof setTimeout> | undefined
  const onKey = (event: KeyboardEvent) => {
    clearTimeout(waiting) // whatever comes so soon is no shortcut
    const modified = event.ctrlKey || event.metaKey
    if (event.defaultPrevented || event.altKey || (isTyping(event.target) && !modified)) return
    const key = modified ? `mod+${event.key.toLowerCase()}` : event.key
    const pair = event.timeStamp - first.atMs < SECOND_KEY_MS ? `${first.key} ${key}` : ''
    first = { key, atMs: event.timeStamp }
    const found = active.findLast(one => one.keys === pair) ?? active.findLast(one => one.keys === key)
    if (!found) return
    if (modified) {
      event.preventDefault()
      return found.run()
    }
    waiting = setTimeout(found.run, SCANNER_MS)
  }
  // A scanner's second key is stopped before it comes here, so it is listened for in front of that.
  const early = () => clearTimeout(waiting)
  window.addEventListener('keydown', early, { capture: true })
  window.addEventListener('keydown', onKey)
  return () => {
    clearTimeout(waiting)
    window.removeEventListener('keydown', early, { capture: true })
    window.removeEventListener('keydown', onKey)
  }
}

function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null
  return element?.closest('input, textarea, select, [contenteditable=true], [role=dialog]') != null
}
