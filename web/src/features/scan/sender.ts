import { api, data, once } from '~/api/client'
import { Problem } from '~/api/problem'
import type { NewStockMovement } from '~/api/schema.gen'
import { type Job, NOTHING_TO_UNDO, requestOf, unknownCodes, withProducts } from './jobs'
import type { KnownProduct } from './session'

/** A connection that has gone without a word is given up after this. */
const ANSWER_MS_MAX = 15_000
/** A server that fails so often at the same job is not asked again by itself: the next job is not to wait for ever. */
const FAILURES_MAX = 4

/** What the sender needs of the world. */
export interface SenderDeps {
  jobs: () => readonly Job[]
  update: (job: Job, change: Partial<Job>) => Job
  /** Asks what a code is; null: no product has it. */
  lookUp: (code: string) => Promise<KnownProduct | null>
  /** Posts with this Idempotency-Key, and gives the answer. */
  post: (path: string, body: Record<string, unknown>, key: string) => Promise<Record<string, unknown>>
  /** Told of each job whose end is known now. */
  onEnd: (job: Job) => void
  /** Whether somebody else works here now: what is left is not theirs. */
  isOver: () => boolean
}

/** How a round of sending ended: nothing is left, or it is to be tried again. */
export type Round = 'empty' | 'again'

/**
 * Sends what waits, oldest first, one after the other, so that what was scanned first happens first. A refusal is written
 * down and the next one goes; a lost connection ends the round, and the same job is sent again with its key later.
 */
export async function sendWaiting(owner: string, deps: SenderDeps): Promise<Round> {
  for (;;) {
    const job = deps.jobs().find(one => one.state === 'waiting' && one.owner === owner)
    if (!job || deps.isOver()) return 'empty'
    try {
      const ended = await send(job, deps)
      if (ended === null) continue
      if (ended.state === 'waiting') return 'again'
      deps.onEnd(ended)
    } catch (error) {
      if (!isRefusal(error, job)) return 'again'
      const { code, message, body } = error
      const onHand = typeof body.on_hand === 'number' ? body.on_hand : null
      deps.onEnd(deps.update(job, { state: 'refused', problem: { code, message, onHand } }))
    }
  }
}

/** Signed out is no refusal: it waits until somebody signs in again. */
function isRefusal(error: unknown, job: Job): error is Problem {
  if (!(error instanceof Problem) || error.status === 401) return false
  return error.refused || (!error.retryable && job.tries >= FAILURES_MAX)
}

/** Sends it; null if it was taken back before that. */
async function send(found: Job, deps: SenderDeps): Promise<Job | null> {
  let job = found
  const unknown = unknownCodes(job.work)
  if (unknown.length > 0) {
    const known = new Map<string, KnownProduct>()
    for (const code of unknown) {
      const product = await deps.lookUp(code)
      if (!product) {
        const problem = { code: 'unknown_code', message: code, onHand: null }
        return deps.update(job, { state: 'refused', problem })
      }
      known.set(code, product)
    }
    job = deps.update(job, { work: withProducts(job.work, known) })
  }
  const request = requestOf(job.work, deps.jobs())
  if (request === NOTHING_TO_UNDO) return deps.update(job, { state: 'done' })
  if (deps.isOver()) return job
  job = deps.update(job, { tries: job.tries + 1 })
  if (!deps.jobs().some(one => one.key === job.key)) return null
  const answer = await deps.post(request.path, request.body, job.key)
  return deps.update(job, { state: 'done', problem: null, ...outcomeOf(answer) })
}

/** The movement, and what is on hand after it where that is one figure. */
function outcomeOf(answer: Record<string, unknown>): Pick<Job, 'movementId' | 'after'> {
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  const lines = Array.isArray(answer.lines) ? answer.lines : []
  return {
    movementId: number(answer.movement_id) ?? (answer.kind === undefined ? null : number(answer.id)),
    after: number(answer.on_hand_after) ?? (lines.length === 1 ? number(lines[0]?.on_hand_after) : null),
  }
}

/** Posts a job. Its body was made by `requestOf`, which knows the API; what it answers is read by `outcomeOf`. */
export async function postJob(path: string, body: Record<string, unknown>, key: string) {
  const call = api.POST(path as '/stock-movements', {
    body: body as unknown as NewStockMovement,
    params: { header: once(key) },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  })
  return { ...(await data(call)) } as Record<string, unknown>
}
