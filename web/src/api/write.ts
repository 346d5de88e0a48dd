import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { Problem } from './problem'

/** One thing that somebody wants to happen: it keeps its key until it is known how it ended. */
export interface Intent {
  input: string
  key: string
}

/**
 * The key for this input: the one it had before, if nobody knows how that try ended, else a new one. So a second click
 * after a lost answer asks for the same thing, and a changed form for another.
 */
export function intentFor(open: Intent | null, input: unknown): Intent {
  const text = JSON.stringify(input) ?? ''
  return open?.input === text ? open : { input: text, key: crypto.randomUUID() }
}

/** What is left open after this end of a try. */
export function afterFailure(open: Intent | null, error: unknown): Intent | null {
  return error instanceof Problem && error.refused ? null : open
}

/**
 * A change. `write` gets the input and the key to send as `Idempotency-Key`, which stays the same over retries; then what
 * it touched is read anew. Takes no options: a caller cannot replace the invalidation.
 */
export function useWrite<Input, Output>(
  write: (input: Input, key: string) => Promise<Output>,
  touched: readonly QueryKey[],
): UseMutationResult<Output, Error, Input> {
  const queryClient = useQueryClient()
  const open = useRef<Intent | null>(null)
  return useMutation({
    mutationFn: (input: Input) => {
      open.current = intentFor(open.current, input)
      return write(input, open.current.key)
    },
    onSuccess: () => {
      open.current = null
    },
    onError: error => {
      open.current = afterFailure(open.current, error)
    },
    onSettled: async () => {
      await Promise.all(touched.map(queryKey => queryClient.invalidateQueries({ queryKey })))
    },
  })
}

/**
 * Asks whether something is being written. It is told at once, and not when the page is drawn the next time: what is
 * scanned between the press of a button and that moment would be taken for a part of what comes after it.
 */
export function useWriting(): () => boolean {
  const queryClient = useQueryClient()
  return () => queryClient.isMutating() > 0
}

/**
 * A change whose answer the server keeps nowhere, such as a key that is shown once. It takes no `Idempotency-Key`, so it is
 * not sent again by itself: there would be two.
 */
export function useUnkeptWrite<Input, Output>(
  write: (input: Input) => Promise<Output>,
  touched: readonly QueryKey[],
): UseMutationResult<Output, Error, Input> {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: write,
    retry: false,
    onSettled: async () => {
      await Promise.all(touched.map(queryKey => queryClient.invalidateQueries({ queryKey })))
    },
  })
}
