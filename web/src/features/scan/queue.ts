import { useSyncExternalStore } from 'react'
import type { Job, Work } from './jobs'

const PREFIX = 'stockbook-scan-job:'
/** Jobs that are done stay so long that they can be undone. */
const DONE_KEPT = 100

const listeners = new Set<() => void>()
let jobs: readonly Job[] = readAll()

window.addEventListener('storage', event => {
  if (event.key === null || event.key.startsWith(PREFIX)) refresh()
})

/**
 * What was scanned and has to be entered, oldest first. Each job has an entry of its own in the browser's storage, so that
 * two tabs cannot write over each other, and is there before anything is sent.
 */
export function allJobs(): readonly Job[] {
  return jobs
}

export function useJobs(): readonly Job[] {
  return useSyncExternalStore(subscribe, allJobs)
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Keeps the work until the server has it. Throws if the browser has no room: then nothing was taken on. */
export function enqueue(work: Work, owner: string): Job {
  const job: Job = {
    key: crypto.randomUUID(),
    owner,
    // Two scans within a millisecond keep their order.
    at: Math.max(Date.now(), (jobs.at(-1)?.at ?? 0) + 1),
    work,
    state: 'waiting',
    tries: 0,
    movementId: null,
    after: null,
    problem: null,
  }
  save(job)
  forgetOld()
  return job
}

/** Writes down how a job is going. One that was taken away meanwhile stays away. */
export function updateJob(job: Job, change: Partial<Job>): Job {
  const next = { ...job, ...change }
  if (localStorage.getItem(PREFIX + job.key) !== null) save(next)
  else refresh()
  return next
}

/** Keeps another work in place of a job. Throws if the browser has no room: then the job is still there. */
export function replaceJob(job: Job, work: Work): Job {
  const next = enqueue(work, job.owner) // another request: it needs a key of its own
  removeJob(job) // only once the new one is kept
  return next
}

export function removeJob(job: Job): void {
  localStorage.removeItem(PREFIX + job.key)
  refresh()
}

function save(job: Job): void {
  localStorage.setItem(PREFIX + job.key, JSON.stringify(job))
  refresh()
}

function forgetOld(): void {
  const done = jobs.filter(job => job.state === 'done')
  for (const job of done.slice(0, Math.max(0, done.length - DONE_KEPT))) removeJob(job)
}

function refresh(): void {
  jobs = readAll()
  for (const listener of listeners) listener()
}

function readAll(): readonly Job[] {
  const found: Job[] = []
  for (let index = 0; index < localStorage.length; index++) {
    const name = localStorage.key(index)
    if (!name?.startsWith(PREFIX)) continue
    try {
      found.push(JSON.parse(localStorage.getItem(name) ?? '') as Job)
    } catch {
      // not ours: it stays where it is
    }
  }
  return found.sort((a, b) => a.at - b.at)
}
