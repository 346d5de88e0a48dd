import { useEffect, useRef } from 'react'
import { stored } from '~/stored'
import { SCANNER_DEFAULTS, ScanDetector, type ScannerSettings } from './detector'

/** How the gun of this desk is set. */
export const scannerSettings = stored<ScannerSettings>('stockbook-scanner', SCANNER_DEFAULTS, value =>
  value && typeof value === 'object' ? { ...SCANNER_DEFAULTS, ...value } : undefined,
)

type OnScan = (code: string) => void
/** What a page does with a code; it may have to ask the server first what it is. */
type Meant = (code: string) => void | Promise<void>
type Field = HTMLInputElement | HTMLTextAreaElement

const handlers: OnScan[] = []
const watchers = new Set<OnScan>()
const detector = new ScanDetector(scannerSettings.get())
/** What the field with the focus had before the first key of what may be a scan. */
let before: { field: Field; value: string; start: number | null; end: number | null } | null = null

/** Gives a code to whoever wants scans now, as if it had been scanned: for the camera and for typed codes. */
export function scanned(code: string): void {
  for (const watcher of watchers) watcher(code)
  handlers.at(-1)?.(code)
}

/**
 * Gets what is scanned while this component is shown, wherever the focus is; the one that came last gets it, so a dialog
 * goes before the page below it. With `null` it lets scans through to whoever had them before. One code after the other, in
 * the order in which they were scanned: one that the server has to be asked about is not overtaken by the next.
 */
export function useScanner(onScan: Meant | null): void {
  const latest = useLatest(onScan)
  const wanted = onScan !== null
  useEffect(() => {
    if (!wanted) return
    let last: Promise<void> | null = null
    const handler: OnScan = code => {
      const take = async () => latest.current?.(code) // it begins at once if nothing is before it
      const turn = (last ? last.then(take) : take()).catch(reportError).then(() => {
        if (last === turn) last = null
      })
      last = turn
    }
    handlers.push(handler)
    return () => {
      handlers.splice(handlers.indexOf(handler), 1)
    }
  }, [wanted, latest])
}

/** A value as it is now, for what a scan has asked for and gets later. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value)
  latest.current = value
  return latest
}

/** Sees every scan, whoever gets it: for the light in the header. */
export function watchScans(watcher: OnScan): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/**
 * Begins to listen, before every other listener of the page. The keys of a scan do not stay in the field that has the
 * focus, press no button and call no shortcut.
 */
export function startScanner(): () => void {
  const unsubscribe = scannerSettings.subscribe(() => detector.configure(scannerSettings.get()))
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return detector.reset()
    const outcome = detector.press(event.key, event.timeStamp)
    if (outcome.kind === 'first') before = remember(event.target)
    if (outcome.kind === 'fast') {
      if (!isField(event.target)) event.preventDefault() // a space presses no button
      event.stopPropagation()
    }
    if (outcome.kind === 'scan') {
      event.preventDefault()
      event.stopPropagation()
      restore()
      scanned(outcome.code)
    }
  }
  window.addEventListener('keydown', onKey, { capture: true })
  return () => {
    unsubscribe()
    window.removeEventListener('keydown', onKey, { capture: true })
  }
}

function isField(target: EventTarget | null): target is Field {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
}

function remember(target: EventTarget | null): typeof before {
  if (!isField(target)) return null
  // Only fields of text have a selection; asking a number or a checkbox for it gives null.
  return { field: target, value: target.value, start: target.selectionStart, end: target.selectionEnd }
}

/** Takes the keys of the scan out of the field again, so that React hears of it too. */
function restore(): void {
  if (!before?.field.isConnected || before.field.value === before.value) return
  const { field, value, start, end } = before
  const prototype =
    field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  if (start !== null) field.setSelectionRange(start, end)
  before = null
}
