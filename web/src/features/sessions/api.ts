import { useQuery } from '@tanstack/react-query'
import { untyped } from '~/api/client'
import { keys } from '~/api/keys'
import { isMissing } from '~/api/problem'
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
    queryFn: async () => {
      try {
        return (await untyped<{ needed: boolean }>('GET', '/setup')).needed
      } catch (error) {
        if (isMissing(error)) return false
        throw error
      }
    },
  })
}

export function useSignIn() {
  return useWrite((credentials: Credentials) => untyped('POST', '/sessions', credentials), [keys.me()])
}

export function useCreateAdministrator() {
  return useWrite(
    (administrator: NewAdministrator) => untyped('POST', '/setup', administrator),
    [keys.me(), keys.setup()],
  )
}
