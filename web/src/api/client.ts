import createClient, { type Middleware } from 'openapi-fetch'
import { Problem } from './problem'
import type { paths } from './schema.gen'

/** Called when the server wants to know who asks. The shell brings people to the sign-in page. */
let whenSignedOut: () => void = () => {}

export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener
}

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return
    const problem = await Problem.of(response)
    if (problem.status === 401) whenSignedOut()
    throw problem
  },
  onError({ error }) {
    return error instanceof Problem ? error : Problem.network(error)
  },
}

/**
 * The API, typed by the server's own document. Answers that are not 2xx are thrown as `Problem`, so what comes back has
 * its data: read it with `data(…)`.
 */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
api.use(problems)

/** What a call answers. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<T> {
  const answer = await call
  return answer.data as T
}

/** Headers for a change of a document that was seen in this version. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}

/** Header that makes a POST happen once, however often it is sent. */
export function once(key: string): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key }
}

/**
 * A call to an address that openapi.json does not have yet, because the server's side of it is on its way. Nothing else may
 * use it; `api` is typed.
 */
export async function untyped<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { ...headers } }
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { ...headers, 'Content-Type': 'application/json' }
  }
  const response = await fetch(path, init).catch(cause => {
    throw Problem.network(cause)
  })
  if (!response.ok) {
    const problem = await Problem.of(response)
    if (problem.status === 401 && path !== '/sessions') whenSignedOut()
    throw problem
  }
  return (response.status === 204 ? undefined : await response.json()) as T
}
