import { useState } from 'react'
import { Problem } from '~/api/problem'

interface Versioned {
  version: number
}

/** What a form sends as `If-Match`, so that nobody undoes what they have not seen. */
export interface SeenVersion {
  /** Of what the person has seen; 0 for what is new. */
  version: number
  /** Notes why this version was refused, and whether somebody else has changed it: then the next try is made knowing it. */
  refused(error: unknown): boolean
}

/**
 * The version that stood there as the form began, whatever the change feed brings to `latest` while somebody types. Only a
 * 412 tells of what others changed: after one it is the newest.
 */
export function useSeenVersion(latest: Versioned | null): SeenVersion {
  const newest = latest?.version ?? 0
  const [seen, setSeen] = useState(newest)
  const [told, setTold] = useState(false)
  const version = told ? newest : seen
  return {
    version,
    refused(error) {
      const late = error instanceof Problem && error.status === 412
      setSeen(version)
      setTold(late)
      return late
    },
  }
}

/** Only what differs, so that two people who edit different fields do not undo each other. */
export function changedOf<T extends object>(before: T, now: T): Partial<T> {
  const fields = Object.keys(now) as (keyof T)[]
  return Object.fromEntries(
    fields.filter(field => now[field] !== before[field]).map(field => [field, now[field]]),
  ) as Partial<T>
}
