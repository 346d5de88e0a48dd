import { QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import { createElement, type ReactNode } from 'react'
import { describe, expect, it } from 'vitest'
import { Problem } from './problem'
import { newQueryClient } from './query'
import { Intents, useUnkeptWrite, useWrite, type Write } from './write'

const lost = Problem.network(new Error('gone'))
const unknown = new Problem(503, 'outcome_unknown', 'it may have happened')
const refused = new Problem(409, 'insufficient_stock', 'only 2')

/** Tries it once, which ends so; gives the key. */
function attempt(intents: Intents, input: unknown, error: unknown): string {
  expect(intents.begin(input)).toBe(true)
  const key = intents.keyOf(input)
  intents.end(input, error)
  return key
}

describe('the key of an intent', () => {
  it('stays the same while nobody knows how it ended', () => {
    const intents = new Intents()
    const first = attempt(intents, { delta: 1 }, lost)
    for (const error of [unknown, new Problem(500, 'internal_error', 'a defect'), null]) {
      expect(attempt(intents, { delta: 1 }, error)).toBe(first)
    }
    expect(attempt(intents, { delta: 1 }, null)).not.toBe(first)
  })

  it('is new once it was refused: the same may be wanted again, and succeed', () => {
    const intents = new Intents()
    const first = attempt(intents, { delta: 1 }, refused)
    expect(attempt(intents, { delta: 1 }, null)).not.toBe(first)
  })

  it('is new for another input, and for what was wanted before that', () => {
    const intents = new Intents()
    const first = attempt(intents, { delta: 1 }, lost)
    const second = attempt(intents, { delta: 2 }, null)
    const third = attempt(intents, { delta: 1 }, null)
    expect(new Set([first, second, third]).size).toBe(3)
  })

  it('stays its own while something else is on its way', () => {
    const intents = new Intents()
    intents.begin({ delta: 1 })
    const first = intents.keyOf({ delta: 1 })
    expect(attempt(intents, { delta: 2 }, null)).not.toBe(first)
    expect(intents.keyOf({ delta: 1 })).toBe(first) // as it is sent again
  })
})

/** A hook that writes, with what was sent by it and a way to answer the oldest that waits. */
function written(
  use: (write: (input: number, key?: string) => Promise<string>, touched: []) => Write<number, string>,
) {
  const sent: { input: number; key: string | undefined }[] = []
  const answers: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = []
  const client = newQueryClient()
  const wrapper = ({ children }: { children: ReactNode }) =>
    createElement(QueryClientProvider, { client }, children)
  const write = (input: number, key?: string) =>
    new Promise<string>((resolve, reject) => {
      sent.push({ input, key })
      answers.push({ resolve, reject })
    })
  const { result } = renderHook(() => use(write, []), { wrapper })
  return { sent, answers, hook: () => result.current }
}

describe('two presses before the page is drawn', () => {
  it.each([
    ['of what has a key', useWrite<number, string>],
    ['of what has none', useUnkeptWrite<number, string>],
  ])('%s are one', async (_name, use) => {
    const { sent, answers, hook } = written(use)
    const ends: string[] = []
    await act(async () => {
      const { mutate, mutateAsync } = hook()
      void mutateAsync(1).then(end => ends.push(end))
      void mutateAsync(1).then(end => ends.push(end))
      mutate(1)
    })
    await act(async () => answers[0]?.resolve('done'))
    expect(sent.map(({ input }) => input)).toEqual([1])
    expect(ends).toEqual(['done'])
    // Once it is known how it ended, the same can be wanted again.
    await act(async () => hook().mutate(1))
    expect(sent.map(({ input }) => input)).toEqual([1, 1])
    expect(sent[0]?.key === undefined || sent[0].key !== sent[1]?.key).toBe(true)
  })

  it('of two things are two, and what is sent again keeps its key', async () => {
    const { sent, answers, hook } = written(useWrite<number, string>)
    await act(async () => {
      hook().mutate(1)
      hook().mutate(2)
    })
    await act(async () => {
      answers[1]?.resolve('done')
      answers[0]?.reject(new Problem(503, 'busy', 'later'))
    })
    await expect.poll(() => sent.length, { timeout: 5000 }).toBe(3)
    expect(sent.map(({ input }) => input)).toEqual([1, 2, 1])
    expect(sent[2]?.key).toBe(sent[0]?.key)
    expect(sent[1]?.key).not.toBe(sent[0]?.key)
  })
})
