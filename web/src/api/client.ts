import createClient, { type Middleware } from 'openapi-fetch'
import { Problem } from './problem'
import type { paths } from './schema.gen'

/** Called when the server wants to know who asks. The shell brings people to the sign-in page. */
let whenSignedOut: () => void = () => {}

export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener
}

const problems: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return
    const problem = await Problem.of(response)
    // Who asks who they are, or signs in, finds out by the answer itself.
    if (problem.status === 401 && schemaPath !== '/me' && schemaPath !== '/sessions') whenSignedOut()
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
