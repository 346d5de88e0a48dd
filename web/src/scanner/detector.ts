/** How a scanner gun types. */
export interface ScannerSettings {
  /** Longest time between two keys of a scan. People need 80 ms and more. */
  gapMsMax: number
  /** Shorter texts are no scans. */
  lengthMin: number
  /** What the gun puts in front, or nothing; with one, only what begins with it is a scan. */
  prefix: string
  /** The key that ends a scan. */
  suffix: 'Enter' | 'Tab'
}

export const SCANNER_DEFAULTS: ScannerSettings = { gapMsMax: 50, lengthMin: 3, prefix: '', suffix: 'Enter' }

/** What a key was. */
export type Outcome =
  /** A key like any other; it may be the first of a scan. */
  | { kind: 'first' }
  /** It came as fast as only scanners type. */
  | { kind: 'fast'; length: number }
  /** It ended a scan. */
  | { kind: 'scan'; code: string }
  /** It belongs to no scan. */
  | { kind: 'other' }

/** Tells scans from typing by their speed. Knows no browser: times come in with the keys. */
export class ScanDetector {
  private text = ''
  private lastAtMs = Number.NEGATIVE_INFINITY

  constructor(private settings: ScannerSettings) {}

  configure(settings: ScannerSettings): void {
    this.settings = settings
    this.reset()
  }

  /** A key that was pressed at this time; `key` as the browser names it. */
  press(key: string, atMs: number): Outcome {
    const fast = atMs - this.lastAtMs <= this.settings.gapMsMax
    if (key === this.settings.suffix) {
      const text = this.text
      this.reset()
      const code = fast ? this.codeOf(text) : null
      return code === null ? { kind: 'other' } : { kind: 'scan', code }
    }
    if (key === 'Shift' || key === 'Alt' || key === 'AltGraph' || key === 'CapsLock') return { kind: 'other' } // within a scan
    if ([...key].length !== 1) {
      this.reset()
      return { kind: 'other' }
    }
    this.text = fast ? this.text + key : key
    this.lastAtMs = atMs
    return this.text.length === key.length ? { kind: 'first' } : { kind: 'fast', length: this.text.length }
  }

  reset(): void {
    this.text = ''
    this.lastAtMs = Number.NEGATIVE_INFINITY
  }

  private codeOf(text: string): string | null {
    const { prefix, lengthMin } = this.settings
    if (!text.startsWith(prefix)) return null
    const code = text.slice(prefix.length).trim()
    return code.length >= lengthMin ? code : null
  }
}
