import { QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

const RETRIES_MAX = 4
const WAIT_MS_MAX = 8000

/** Whether it is tried again by itself. Where the server asks for more than anybody waits for, it is told at once. */
export function again(count: number, error: Error): boolean {
  if (!(error instanceof Problem) || !error.retryable) return false
  return count < RETRIES_MAX && (error.retryAfterMs ?? 0) <= WAIT_MS_MAX
}

/** 300 ms, 600 ms, … or as long as the server asks for. */
function waitMs(count: number, error: Error): number {
  const asked = error instanceof Problem ? error.retryAfterMs : null
  return asked ?? Math.min(300 * 2 ** count, WAIT_MS_MAX)
}

/**
 * Nothing is asked for again because a window got the focus: what others change arrives by the change feed (`live.ts`).
 * `networkMode`: the server may well be on this machine, whatever the browser thinks of the internet.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: false,
        staleTime: 30_000,
        retry: again,
        retryDelay: waitMs,
      },
      mutations: { networkMode: 'always', retry: again, retryDelay: waitMs },
    },
  })
}
