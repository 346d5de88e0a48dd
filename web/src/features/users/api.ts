import { useQuery } from '@tanstack/react-query'
import { api, data, ifMatch, once } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { NewUser, User, UserChange } from '~/api/schema.gen'
import { useUnkeptWrite, useWrite } from '~/api/write'

const TOUCHED = [keys.users(), keys.me(), keys.apiKeys().slice(0, 1), keys.auditLog().slice(0, 1)]

/** Everybody, by name, also those who may not come in any more. There are few: they are read whole. */
export function useUsers(enabled = true) {
  return useQuery({
    queryKey: keys.users(),
    queryFn: async ({ signal }): Promise<User[]> => {
      const users = await everyPage(cursor =>
        data(api.GET('/users', { params: { query: { limit: 200, ...(cursor && { cursor }) } }, signal })),
      )
      return users.sort((a, b) => a.name.localeCompare(b.name))
    },
    enabled,
  })
}

export function useUser(id: number) {
  return useQuery({
    queryKey: keys.user(id),
    queryFn: ({ signal }) => data(api.GET('/users/{id}', { params: { path: { id } }, signal })),
  })
}

export function useCreateUser() {
  return useWrite(
    (user: NewUser, key: string) => data(api.POST('/users', { body: user, params: { header: once(key) } })),
    TOUCHED,
  )
}

export function useUpdateUser() {
  return useWrite(
    ({ id, version, change }: { id: number; version: number; change: UserChange }) =>
      data(api.PATCH('/users/{id}', { params: { path: { id }, header: ifMatch(version) }, body: change })),
    TOUCHED,
  )
}

/** A token with which somebody chooses a password; it ends those before it. */
export function useCreateResetToken() {
  return useUnkeptWrite(
    (id: number) => data(api.POST('/users/{id}/password-reset-tokens', { params: { path: { id } } })),
    [keys.auditLog().slice(0, 1)],
  )
}
