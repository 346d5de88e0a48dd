import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { PasswordChange, PasswordReset, Session } from '~/api/schema.gen'
import { useUnkeptWrite, useWrite } from '~/api/write'

export interface Credentials {
  email: string
  password: string
}

export interface NewAdministrator extends Credentials {
  token: string
  name: string
}

/** Whether there is nobody yet, so that the first administrator has to be made. */
export function useSetupNeeded() {
  return useQuery({
    queryKey: keys.setup(),
    queryFn: async ({ signal }) => (await data(api.GET('/setup', { signal }))).needed,
  })
}

export function useSignIn() {
  return useUnkeptWrite(
    (credentials: Credentials) => data(api.POST('/sessions', { body: credentials })),
    [keys.me()],
  )
}

export function useCreateAdministrator() {
  return useUnkeptWrite(
    (administrator: NewAdministrator) => data(api.POST('/setup', { body: administrator })),
    [keys.me(), keys.setup()],
  )
}

/** One's own sessions, the newest first. */
export function useSessions() {
  return useQuery({
    queryKey: keys.sessions(),
    queryFn: ({ signal }): Promise<Session[]> =>
      everyPage(cursor => {
        const query = { limit: 200, ...(cursor && { cursor }) }
        return data(api.GET('/sessions', { params: { query }, signal }))
      }),
  })
}

/** Ends sessions that were left somewhere. */
export function useEndSessions() {
  return useWrite(
    async (ids: readonly number[]) => {
      for (const id of ids) await data(api.DELETE('/sessions/{id}', { params: { path: { id } } }))
    },
    [keys.sessions()],
  )
}

/** Another password, by whoever knows the present one; all other sessions end by it. */
export function useChangePassword() {
  return useUnkeptWrite(
    (change: PasswordChange) => data(api.POST('/password-changes', { body: change })),
    [keys.sessions()],
  )
}

/** A password that is chosen with a token, which is good once. */
export function useResetPassword() {
  return useUnkeptWrite((reset: PasswordReset) => data(api.POST('/password-resets', { body: reset })), [])
}
