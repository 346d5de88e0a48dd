import { describe, expect, it } from 'vitest'
import { Problem } from '~/api/problem'
import type { Job, Work } from './jobs'
import { type SenderDeps, sendWaiting } from './sender'

const place = { warehouse: 'MAIN', locationId: 7, location: 'A' }
const tea = { id: 1, sku: 'TEA', name: 'Tea', unit: 'each' }
const receipt = (product: typeof tea | null, quantity: number): Work => ({
  kind: 'receipt',
  lines: [{ code: 'TEA', product, quantity, place }],
  reference: '',
})

function job(key: string, work: Work, more: Partial<Job> = {}): Job {
  const fresh = { owner: 'me', at: 0, state: 'waiting', tries: 0, movementId: null, after: null } as const
  return { key, work, problem: null, ...fresh, ...more }
}

/** A queue in memory and a server that answers with what is given, one after the other; an error is thrown. */
function world(jobs: Job[], answers: (object | Error)[]) {
  const posts: { path: string; body: object; key: string }[] = []
  const deps: SenderDeps = {
    jobs: () => jobs,
    update(found, change) {
      const next = { ...found, ...change }
      const at = jobs.findIndex(one => one.key === found.key)
      if (at >= 0) jobs[at] = next // one that was taken away stays away
      return next
    },
    lookUp: async code => (code === 'TEA' ? tea : null),
    async post(path, body, key) {
      posts.push({ path, body, key })
      const answer = answers.shift() ?? {}
      if (answer instanceof Error) throw answer
      return answer as Record<string, unknown>
    },
    onEnd: () => {},
    isOver: () => false,
  }
  return { jobs, posts, deps }
}

const lost = Problem.network(new TypeError('gone'))
const short = new Problem(409, 'insufficient_stock', 'not enough')

describe('what waits', () => {
  it('is sent in its order, each with its key', async () => {
    const { jobs, posts, deps } = world(
      [job('k1', receipt(tea, 1)), job('k2', receipt(tea, 2))],
      [
        { id: 11, kind: 'receipt', lines: [{ on_hand_after: 1 }] },
        { id: 12, kind: 'receipt', lines: [{ on_hand_after: 3 }] },
      ],
    )
    expect(await sendWaiting('me', deps)).toBe('empty')
    expect(posts.map(post => post.key)).toEqual(['k1', 'k2'])
    expect(posts[0]?.body).toEqual({
      kind: 'receipt',
      lines: [{ product_id: 1, quantity: 1, location_id: 7 }],
    })
    expect(jobs.map(one => [one.state, one.movementId, one.after])).toEqual([
      ['done', 11, 1],
      ['done', 12, 3],
    ])
  })

  it('is not sent once it was taken back while its code was looked up', async () => {
    const { jobs, posts, deps } = world([job('k1', receipt(null, 1)), job('k2', receipt(tea, 2))], [])
    const lookUp = async () => {
      jobs.splice(0, 1)
      return tea
    }
    expect(await sendWaiting('me', { ...deps, lookUp })).toBe('empty')
    expect(posts.map(post => post.key)).toEqual(['k2'])
  })

  it('stays once somebody else has signed in: it would be entered in their name', async () => {
    const { jobs, posts, deps } = world([job('k1', receipt(tea, 1)), job('k2', receipt(null, 2))], [])
    await sendWaiting('me', { ...deps, isOver: () => posts.length > 0 })
    expect(posts.map(post => post.key)).toEqual(['k1'])
    // And if that happens while a code is looked up.
    let over = false
    const lookUp = async () => {
      over = true
      return tea
    }
    await sendWaiting('me', { ...deps, lookUp, isOver: () => over })
    expect(posts.map(post => post.key)).toEqual(['k1'])
    expect(jobs.map(one => [one.state, one.tries])).toEqual([
      ['done', 1],
      ['waiting', 0],
    ])
  })

  it('stays, with its key and its place, when the connection is lost', async () => {
    const { jobs, posts, deps } = world([job('k1', receipt(tea, 1)), job('k2', receipt(tea, 2))], [lost])
    expect(await sendWaiting('me', deps)).toBe('again')
    expect(posts.map(post => post.key)).toEqual(['k1'])
    expect(jobs.map(one => one.state)).toEqual(['waiting', 'waiting'])
    await sendWaiting('me', deps)
    expect(posts.map(post => post.key)).toEqual(['k1', 'k1', 'k2'])
    expect(posts[1]?.body).toEqual(posts[0]?.body) // or the server would refuse the key
  })

  it('does not hold up the others when it is refused, and is not dropped', async () => {
    const { jobs, deps } = world([job('k1', receipt(tea, 1)), job('k2', receipt(tea, 2))], [short])
    expect(await sendWaiting('me', deps)).toBe('empty')
    expect(jobs.map(one => [one.state, one.problem?.code])).toEqual([
      ['refused', 'insufficient_stock'],
      ['done', undefined],
    ])
  })

  it('waits while nobody is signed in, and is not sent in the name of another', async () => {
    const { posts, deps } = world([job('k1', receipt(tea, 1))], [new Problem(401, 'unauthorized', '')])
    expect(await sendWaiting('me', deps)).toBe('again')
    expect(await sendWaiting('you', deps)).toBe('empty')
    expect(posts.length).toBe(1)
  })

  it('is looked up first where nobody could say what it is', async () => {
    const { jobs, posts, deps } = world([job('k1', receipt(null, 4))], [])
    await sendWaiting('me', deps)
    expect(posts[0]?.body).toEqual({
      kind: 'receipt',
      lines: [{ product_id: 1, quantity: 4, location_id: 7 }],
    })
    expect(jobs[0]?.state).toBe('done')
  })
})

describe('undo', () => {
  const undo: Work = { kind: 'undo', of: 'k1', reason: 'by mistake' }

  it('reverses the movement that was made', async () => {
    const { posts, deps } = world(
      [job('k1', receipt(tea, 1), { state: 'done', movementId: 40 }), job('k2', undo)],
      [],
    )
    await sendWaiting('me', deps)
    expect(posts).toEqual([
      { path: '/stock-movements/40/reverse', body: { reason: 'by mistake' }, key: 'k2' },
    ])
  })

  it('takes a move back the way it came', async () => {
    const to = { warehouse: 'SHOP', locationId: null, location: null }
    const lines = [{ code: 'TEA', product: tea, quantity: 3, place }]
    const move: Work = { kind: 'move', from: place, to, lines, reference: '' }
    const { posts, deps } = world([job('k1', move, { state: 'done' }), job('k2', undo)], [])
    await sendWaiting('me', deps)
    expect(posts[0]?.body).toEqual({
      from: { warehouse: 'SHOP' },
      to: { location_id: 7 },
      immediate: true,
      lines: [{ product_id: 1, quantity: 3 }],
    })
  })

  it('does nothing where nothing happened', async () => {
    const { jobs, posts, deps } = world(
      [job('k1', receipt(tea, 1), { state: 'refused' }), job('k2', undo)],
      [],
    )
    await sendWaiting('me', deps)
    expect([posts.length, jobs[1]?.state]).toEqual([0, 'done'])
  })
})
