import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Problem } from '~/api/problem'
import { changedOf, useSeenVersion } from './useSeenVersion'

const late = new Problem(412, 'version_conflict', 'changed meanwhile')
const duplicate = new Problem(409, 'duplicate_code', 'taken')

function form() {
  const hook = renderHook(({ version }) => useSeenVersion({ version }), { initialProps: { version: 1 } })
  return {
    sent: () => hook.result.current.version,
    feed: (version: number) => hook.rerender({ version }),
    refuse: (error: Problem) => act(() => void hook.result.current.refused(error)),
  }
}

it('what the feed brings while somebody types was not seen', () => {
  const { sent, feed } = form()
  feed(2)
  expect(sent()).toBe(1)
})

it('another refusal tells nothing of what others changed', () => {
  const { sent, feed, refuse } = form()
  feed(2)
  refuse(duplicate)
  expect(sent()).toBe(1)
})

it('after a 412 the newest is sent, whenever it arrives', () => {
  const { sent, feed, refuse } = form()
  refuse(late)
  feed(2)
  expect(sent()).toBe(2)
})

it('what came after it was told is told again', () => {
  const { sent, feed, refuse } = form()
  feed(2)
  refuse(late)
  refuse(duplicate)
  feed(3)
  expect(sent()).toBe(2)
})

it('only what differs is sent', () => {
  expect(changedOf({ code: 'A', name: 'x', at: null }, { code: 'A', name: 'y', at: null })).toEqual({
    name: 'y',
  })
  expect(changedOf({ code: 'A' }, { code: 'A' })).toEqual({})
})
