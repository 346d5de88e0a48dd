import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { Event, EventPage, LedgerVerification } from '~/api/schema.gen'
import { type Head, NOTHING_YET, type Progress, withPart } from './verification'

/** Verifies the whole ledger, part by part; `stop` ends it after the part that runs. */
export function useVerification() {
  const [progress, setProgress] = useState<Progress | null>(null)
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const stopped = useRef(false)
  const start = async () => {
    stopped.current = false
    setError(null)
    setRunning(true)
    let found = NOTHING_YET
    setProgress(found)
    try {
      for (let after: string | null = null; !found.finished && !stopped.current; ) {
        const query: { after?: string } = after === null ? {} : { after }
        const part = (await data(api.GET('/ledger/verify', { params: { query } }))) as LedgerVerification
        found = withPart(found, part)
        after = part.next_after ?? null
        setProgress(found)
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
  return { progress, running, error, start, stop }
}

/** The heads of all levels. */
export function readHeads(): Promise<Head[]> {
  return everyPage(cursor =>
    data(api.GET('/ledger/heads', { params: { query: { limit: 200, ...(cursor && { cursor }) } } })),
  )
}

/** So often the feed is asked for more, while somebody looks at it. */
const POLL_MS = 2000
const SHOWN_MAX = 200

/** What happens from now on, the newest first. The feed is read forwards from where it ends now; nothing is missed. */
export function useFeed(): { events: readonly Event[]; error: unknown } {
  const position = useRef<string | null>(null)
  const [events, setEvents] = useState<readonly Event[]>([])
  const query = useQuery({
    queryKey: [...keys.ledger(), 'feed'],
    queryFn: async ({ signal }) => {
      const query = { after: position.current ?? 'latest', limit: 200 }
      // With this `Accept` it is a page, not the stream.
      const page = (await data(
        api.GET('/events', { params: { query }, headers: { Accept: 'application/json' }, signal }),
      )) as EventPage
      position.current = page.next_cursor
      if (page.items.length > 0) {
        setEvents(before => [...[...page.items].reverse(), ...before].slice(0, SHOWN_MAX))
      }
      return page.next_cursor
    },
    refetchInterval: POLL_MS,
    staleTime: 0,
    gcTime: 0,
  })
  return { events, error: query.error }
}
