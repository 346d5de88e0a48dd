import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import type { AuditLogDifference, AuditLogVerification } from '~/api/schema.gen'
import { type AuditSearch, queryOf } from './search'

const PAGE = 100
/** So often the newest are asked for while nothing older is read. */
const POLL_MS = 10_000

/** Entries, the newest first. */
export function useAuditLog(search: AuditSearch) {
  return useInfiniteQuery({
    queryKey: keys.auditLog(search),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...queryOf(search), ...(pageParam !== null && { cursor: pageParam }), limit: PAGE }
      return data(api.GET('/audit-log', { params: { query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_cursor,
    staleTime: 0,
    refetchInterval: query => (query.state.data?.pages.length === 1 ? POLL_MS : false),
  })
}

/** What a verification has found so far. */
export interface Found {
  entries: number
  waiting: number
  head: AuditLogVerification['head']
  differences: readonly AuditLogDifference[]
  truncated: boolean
  finished: boolean
}

const NOTHING_YET: Found = {
  entries: 0,
  waiting: 0,
  head: null,
  differences: [],
  truncated: false,
  finished: false,
}

/** A place of the chain that was noted out of reach. */
export interface Head {
  seq: number
  chain: string
}

/** Verifies the whole log, part by part, and against a head that was noted; `stop` ends it after the part that runs. */
export function useAuditVerification() {
  const [found, setFound] = useState<Found | null>(null)
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const stopped = useRef(false)
  const start = async (head: Head | null) => {
    stopped.current = false
    setError(null)
    setRunning(true)
    let so: Found = NOTHING_YET
    setFound(so)
    try {
      for (let after: number | null = null; !so.finished && !stopped.current; ) {
        const query: { after?: number; seq?: number; chain?: string } =
          after === null ? { ...head } : { after }
        const part: AuditLogVerification = await data(api.GET('/audit-log/verify', { params: { query } }))
        so = withPart(so, part)
        after = part.next_after
        setFound(so)
      }
    } catch (failure) {
      setError(failure)
    } finally {
      setRunning(false)
    }
  }
  const stop = () => {
    stopped.current = true
  }
  return { found, running, error, start, stop }
}

/** The part that another request has found is added. */
export function withPart(before: Found, part: AuditLogVerification): Found {
  return {
    entries: before.entries + part.entries,
    waiting: part.waiting,
    head: part.head,
    differences: [...before.differences, ...part.differences],
    truncated: before.truncated || part.truncated,
    finished: part.next_after === null,
  }
}

/** `80:9f86…` as the log and `stockbook verify` give it; null if it is none. */
export function parseHead(text: string): Head | null {
  const parts = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text.trim())
  return parts?.[1] && parts[2] && Number(parts[1]) > 0 ? { seq: Number(parts[1]), chain: parts[2] } : null
}
