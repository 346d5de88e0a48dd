import { describe, expect, it } from 'vitest'
import { Problem } from '~/api/problem'
import { type Scan, ScanQueue } from './queue'

const post = { to: '/stock-movements' as const, body: { kind: 'receipt' as const, lines: [] } }

function scan(key: string): Omit<Scan, 'state'> {
  return { key, label: key, change: 1, post }
}

/** A server that answers by this plan, and notes what it was asked. */
function queueOver(plan: (key: string, attempt: number) => 'ok' | Problem, kept: Scan[] = []) {
  const sent: string[] = []
  const saved: Scan[][] = []
  const queue = new ScanQueue(
    async ({ key }) => {
      sent.push(key)
      const answer = plan(key, sent.filter(one => one === key).length)
      if (answer !== 'ok') throw answer
      return { movementId: sent.length }
    },
    { read: () => kept, write: scans => saved.push([...scans]) },
    async () => {},
    error => (error as Problem).code,
  )
  return { queue, sent, saved }
}

const lost = Problem.network(new Error('gone'))

describe('the queue of scans', () => {
  it('sends one after the other, and the same again with its key until the answer is known', async () => {
    const { queue, sent } = queueOver((key, attempt) => (key === 'a' && attempt < 3 ? lost : 'ok'))
    queue.add(scan('a'))
    queue.add(scan('b'))
    await queue.run()
    await expect.poll(() => queue.list().map(one => one.state)).toEqual(['done', 'done'])
    expect(sent).toEqual(['a', 'a', 'a', 'b'])
  })

  it('does not send again what was refused, and goes on', async () => {
    const refused = new Problem(409, 'insufficient_stock', 'none left')
    const { queue, sent } = queueOver(key => (key === 'a' ? refused : 'ok'))
    queue.add(scan('a'))
    queue.add(scan('b'))
    await expect
      .poll(() => queue.list().map(one => [one.state, one.fault]))
      .toEqual([
        ['refused', 'insufficient_stock'],
        ['done', undefined],
      ])
    expect(sent).toEqual(['a', 'b'])
  })

  it('waits for a sign-in instead of losing a scan', async () => {
    const { queue, sent } = queueOver((_, attempt) =>
      attempt === 1 ? new Problem(401, 'authentication_required', '') : 'ok',
    )
    queue.add(scan('a'))
    await expect.poll(() => queue.list()[0]?.state).toBe('done')
    expect(sent).toEqual(['a', 'a'])
  })

  it('keeps what waits over a reload, and nothing else', async () => {
    const { queue, saved } = queueOver(() => 'ok')
    queue.add(scan('a'))
    expect(saved[0]?.map(one => one.key)).toEqual(['a'])
    await expect.poll(() => saved.at(-1)).toEqual([])
    const reloaded = queueOver(() => 'ok', [{ ...scan('old'), state: 'waiting' }])
    await reloaded.queue.run()
    expect(reloaded.sent).toEqual(['old'])
  })

  it('tells how each ended, once', async () => {
    const { queue } = queueOver((_, attempt) => (attempt === 1 ? lost : 'ok'))
    const ends: string[] = []
    queue.onEnd(one => ends.push(`${one.key} ${one.state}`))
    queue.add(scan('a'))
    await expect.poll(() => ends).toEqual(['a done'])
  })
})
