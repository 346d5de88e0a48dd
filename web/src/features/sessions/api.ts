import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { useWrite } from '~/api/write'

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
  return useWrite(
    (credentials: Credentials) => data(api.POST('/sessions', { body: credentials })),
    [keys.me()],
  )
}

export function useCreateAdministrator() {
  return useWrite(
    (administrator: NewAdministrator) => data(api.POST('/setup', { body: administrator })),
    [keys.me(), keys.setup()],
  )
}
