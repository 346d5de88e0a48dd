import type { ApiKey, Permission } from '~/api/schema.gen'

/** A key that ends within so many days is told of. */
const SOON_DAYS = 14
const DAY_MS = 86_400_000

export type KeyState = 'active' | 'soon' | 'expired' | 'revoked'

/** Whether it lets anybody in at this moment. */
export function stateOf(key: Pick<ApiKey, 'expires_at' | 'revoked_at'>, now = new Date()): KeyState {
  if (key.revoked_at !== null) return 'revoked'
  const left = new Date(key.expires_at).getTime() - now.getTime()
  if (left <= 0) return 'expired'
  return left < SOON_DAYS * DAY_MS ? 'soon' : 'active'
}

export function isOver(key: ApiKey): boolean {
  const state = stateOf(key)
  return state === 'expired' || state === 'revoked'
}

/** The scopes that only look. */
export function readingOf(permissions: readonly Permission[]): Permission[] {
  return permissions.filter(name => name.endsWith('.read'))
}

/** The request with which somebody tries the key: it answers who they are. */
export function curlOf(origin: string, key: string): string {
  return `curl ${origin}/me -H 'Authorization: Bearer ${key}'`
}
