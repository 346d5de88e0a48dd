import { Problem } from '~/api/problem'
import type { Post } from './station'

/** A scan on its way to the server, or there. */
export interface Scan {
  /** Its Idempotency-Key: however often it is sent, it happens once. */
  key: string
  /** What people see: the name of the product. */
  label: string
  /** With its sign. */
  change: number
  post: Post
  state: 'waiting' | 'done' | 'refused' | 'undone'
  /** What the server made of it. */
  movementId?: number
  /** Why it was refused. */
  fault?: string
}

type Send = (scan: Scan) => Promise<{ movementId: number | null }>
interface Keep {
  read(): Scan[]
  write(scans: readonly Scan[]): void
}

const SHOWN_MAX = 100
const WAIT_MS = 1000

/**
 * Scans in the order in which they were made. What waits is kept by the browser, so that neither a lost connection nor a
 * reload loses one; each is sent with its key until it is known how it ended, so that none is done twice.
 */
export class ScanQueue {
  private scans: readonly Scan[]
  private sending = false
  private readonly listeners = new Set<() => void>()
  private readonly ended = new Set<(scan: Scan) => void>()

  constructor(
    private readonly send: Send,
    private readonly keep: Keep,
    private readonly wait: (ms: number) => Promise<void> = ms =>
      new Promise(resolve => setTimeout(resolve, ms)),
    private readonly describe: (error: unknown) => string = String,
  ) {
    this.scans = keep.read()
  }

  list = (): readonly Scan[] => this.scans

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Calls back when it is known how a scan ended. */
  onEnd(listener: (scan: Scan) => void): () => void {
    this.ended.add(listener)
    return () => this.ended.delete(listener)
  }

  add(scan: Omit<Scan, 'state'>): void {
    this.change([...this.scans, { ...scan, state: 'waiting' as const }].slice(-SHOWN_MAX))
    void this.run()
  }

  /** Marks a scan as taken back; the caller has told the server. */
  markUndone(key: string): void {
    this.update(key, { state: 'undone' })
  }

  /** Sends what waits, one after the other. */
  async run(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      for (let next = this.next(); next; next = this.next()) await this.settle(next)
    } finally {
      this.sending = false
    }
  }

  private next(): Scan | undefined {
    return this.scans.find(scan => scan.state === 'waiting')
  }

  private async settle(scan: Scan): Promise<void> {
    try {
      const { movementId } = await this.send(scan)
      this.end(scan.key, { state: 'done', ...(movementId !== null && { movementId }) })
    } catch (error) {
      if (error instanceof Problem && (error.refused || error.status === 500) && error.status !== 401) {
        return this.end(scan.key, { state: 'refused', fault: this.describe(error) })
      }
      await this.wait(error instanceof Problem ? (error.retryAfterMs ?? WAIT_MS) : WAIT_MS) // nobody knows: again, with its key
    }
  }

  private end(key: string, change: Partial<Scan>): void {
    this.update(key, change)
    const scan = this.scans.find(one => one.key === key)
    if (scan) for (const listener of this.ended) listener(scan)
  }

  private update(key: string, change: Partial<Scan>): void {
    this.change(this.scans.map(scan => (scan.key === key ? { ...scan, ...change } : scan)))
  }

  private change(scans: readonly Scan[]): void {
    this.scans = scans
    this.keep.write(scans.filter(scan => scan.state === 'waiting'))
    for (const listener of this.listeners) listener()
  }
}
