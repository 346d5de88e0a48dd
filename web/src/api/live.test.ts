import { readFileSync } from 'node:fs'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from './keys'
import { followChanges, touchedBy } from './live'

const document = JSON.parse(readFileSync('../openapi.json', 'utf8'))
const types: string[] = document.components.schemas.EventType.enum

it.each(types)('%s has something read anew', type => {
  expect(touchedBy(type).length).toBeGreaterThan(0)
})

it('passes over what it does not know', () => {
  expect(touchedBy('moon.full')).toEqual([])
})

/** A stream that the test speaks for. */
class Stream {
  static readonly CLOSED = 2
  static all: Stream[] = []
  onopen = () => {}
  onmessage = (_: { data: string }) => {}
  onerror = () => {}
  constructor(readonly url: string) {
    Stream.all.push(this)
  }
  close() {}
}

/** The tabs of one browser: a lock is had by one of them, the others wait. */
class Locks {
  private held = false
  private readonly queue: (() => void)[] = []
  async request<T>(_: string, options: { ifAvailable?: boolean }, run: (lock: object | null) => Promise<T>) {
    if (this.held && options.ifAvailable) return run(null)
    if (this.held) await new Promise<void>(resolve => this.queue.push(resolve))
    this.held = true
    const result = await run({})
    this.held = false
    this.queue.shift()?.()
    return result
  }
}

describe('a tab', () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  let ends: (() => void)[] = []
  beforeEach(() => {
    vi.useFakeTimers()
    Stream.all = []
    vi.stubGlobal('EventSource', Stream)
    vi.stubGlobal('navigator', { locks: new Locks() })
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        postMessage() {}
        close() {}
      },
    )
  })
  afterEach(() => {
    for (const end of ends) end()
    ends = []
    client.clear()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
  const open = (position: string | null = '913-2-142') => {
    const end = followChanges(client, () => {}, position)
    ends.push(end)
    return end
  }

  it('ends a slow read before the next round begins, however much happens', async () => {
    const takesMs = 1000
    let begun = 0
    const observer = new QueryObserver(client, {
      queryKey: keys.products(),
      queryFn: ({ signal }) =>
        new Promise<number>((resolve, reject) => {
          const round = ++begun
          signal.addEventListener('abort', () => reject(signal.reason))
          setTimeout(() => resolve(round), takesMs)
        }),
    })
    const stop = observer.subscribe(() => {})
    await vi.advanceTimersByTimeAsync(takesMs)
    open()
    await vi.advanceTimersByTimeAsync(0)
    for (let passedMs = 0; passedMs < 4 * takesMs; passedMs += 100) {
      Stream.all[0]?.onmessage({ data: '{"type":"product.changed"}' })
      await vi.advanceTimersByTimeAsync(100)
    }
    const shown = observer.getCurrentResult().data ?? 0
    stop()
    // 250 ms until a round, and 1 s for its read: 3 in 4 s, and none of them was begun in vain.
    expect(shown).toBeGreaterThanOrEqual(1 + 3)
    expect(begun - shown).toBeLessThanOrEqual(1)
  })

  it('hears what has changed since the position that was taken before anything was read, and reads nothing twice', async () => {
    const readAnew = vi.spyOn(client, 'invalidateQueries').mockClear()
    open('913-2-142')
    await vi.advanceTimersByTimeAsync(0)
    expect(Stream.all[0]?.url).toBe('/events?after=913-2-142')
    Stream.all[0]?.onopen()
    await vi.advanceTimersByTimeAsync(1000)
    expect(readAnew).not.toHaveBeenCalled()
  })

  it('reads everything anew where nobody knows the position', async () => {
    const readAnew = vi.spyOn(client, 'invalidateQueries').mockClear()
    open(null)
    await vi.advanceTimersByTimeAsync(0)
    expect(Stream.all[0]?.url).toBe('/events?after=latest')
    Stream.all[0]?.onopen()
    expect(readAnew).toHaveBeenCalledExactlyOnceWith()
  })

  it('that listens in place of one that was closed reads everything anew', async () => {
    const readAnew = vi.spyOn(client, 'invalidateQueries').mockClear()
    const closeFirst = open()
    open()
    await vi.advanceTimersByTimeAsync(0)
    expect(Stream.all.length).toBe(1)
    Stream.all[0]?.onopen()
    expect(readAnew).not.toHaveBeenCalled() // nothing came before it
    closeFirst()
    await vi.advanceTimersByTimeAsync(0)
    expect(Stream.all.length).toBe(2)
    expect(Stream.all[1]?.url).toBe('/events?after=latest')
    Stream.all[1]?.onopen()
    expect(readAnew).toHaveBeenCalledExactlyOnceWith()
  })
})
