import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from './problem'

/** One thing that somebody wants to happen: it keeps its key until it is known how it ended. */
interface Intent {
  input: string
  key: string
}

/**
 * What somebody wants to happen, from a press until it is known how it ended. Each has a key of its own, which stays the same
 * over retries and over a second press after a lost answer; a changed form is another intent. A second press while the same
 * thing is on its way is none: two presses come faster than a button is drawn that cannot be pressed.
 */
export class Intents {
  private readonly underWay = new Map<string, Intent>()
  /** The last one of which nobody knows how it ended. */
  private open: Intent | null = null

  /** Whether this is to be sent; not if it is on its way. */
  begin(input: unknown): boolean {
    const text = textOf(input)
    if (this.underWay.has(text)) return false
    const again = this.open?.input === text ? this.open : null
    this.open = null
    this.underWay.set(text, again ?? { input: text, key: crypto.randomUUID() })
    return true
  }

  /** The key of what is on its way. */
  keyOf(input: unknown): string {
    const intent = this.underWay.get(textOf(input))
    if (!intent) throw new Error('nothing of this kind is on its way')
    return intent.key
  }

  /** It has worked, or has ended with this error. */
  end(input: unknown, error: unknown): void {
    const text = textOf(input)
    const known = error === null || (error instanceof Problem && error.refused)
    if (!known) this.open = this.underWay.get(text) ?? null
    this.underWay.delete(text)
  }
}

function textOf(input: unknown): string {
  return JSON.stringify(input) ?? ''
}

type Result<Input, Output> = UseMutationResult<Output, Error, Input>

/**
 * A change as components use it. What is on its way is not sent a second time: `mutate` does nothing then, and `mutateAsync`
 * never ends, as whoever pressed first gets the answer.
 */
export interface Write<Input, Output>
  extends Pick<Result<Input, Output>, 'isPending' | 'isError' | 'error' | 'reset'> {
  /** The functions in `told` are called only while the component is shown. */
  mutate(input: Input, told?: { onSuccess?: (done: Output) => void; onError?: (error: Error) => void }): void
  mutateAsync(input: Input): Promise<Output>
}

/**
 * A change. `write` gets the input and the key to send as `Idempotency-Key`, which stays the same over retries; then what
 * it touched is read anew. Takes no options: a caller cannot replace the invalidation.
 */
export function useWrite<Input, Output>(
  write: (input: Input, key: string) => Promise<Output>,
  touched: readonly QueryKey[],
): Write<Input, Output> {
  return useIntents(write, touched, {})
}

/**
 * A change whose answer the server keeps nowhere, such as a key that is shown once. It takes no `Idempotency-Key`, so it is
 * not sent again by itself: there would be two.
 */
export function useUnkeptWrite<Input, Output>(
  write: (input: Input) => Promise<Output>,
  touched: readonly QueryKey[],
): Write<Input, Output> {
  return useIntents(input => write(input), touched, { retry: false })
}

function useIntents<Input, Output>(
  write: (input: Input, key: string) => Promise<Output>,
  touched: readonly QueryKey[],
  retries: { retry?: false },
): Write<Input, Output> {
  const queryClient = useQueryClient()
  const [intents] = useState(() => new Intents())
  const mutation = useMutation<Output, Error, Input>({
    ...retries,
    mutationFn: input => write(input, intents.keyOf(input)),
    onSettled: async (_done, error, input) => {
      try {
        await Promise.all(touched.map(queryKey => queryClient.invalidateQueries({ queryKey })))
      } finally {
        intents.end(input, error)
      }
    },
  })
  const { isPending, isError, error, reset } = mutation
  return {
    isPending,
    isError,
    error,
    reset,
    mutate(input, told) {
      if (intents.begin(input)) mutation.mutate(input, told)
    },
    mutateAsync: input =>
      intents.begin(input) ? mutation.mutateAsync(input) : new Promise<Output>(() => {}),
  }
}

/**
 * Asks whether something is being written. It is told at once, and not when the page is drawn the next time: what is
 * scanned between the press of a button and that moment would be taken for a part of what comes after it.
 */
export function useWriting(): () => boolean {
  const queryClient = useQueryClient()
  return () => queryClient.isMutating() > 0
}
