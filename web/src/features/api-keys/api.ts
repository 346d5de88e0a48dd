import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { everyPage } from '~/api/pages'
import type { ApiKey, NewApiKey } from '~/api/schema.gen'
import { useUnkeptWrite, useWrite } from '~/api/write'

const TOUCHED = [keys.apiKeys().slice(0, 1), keys.auditLog().slice(0, 1)]

/** API keys, the newest first, also those that have ended: one's own, or of all for who manages users. */
export function useApiKeys(filter: { user_id?: number } = {}) {
  return useQuery({
    queryKey: keys.apiKeys(filter),
    queryFn: ({ signal }): Promise<ApiKey[]> =>
      everyPage(cursor => {
        const query = { ...filter, limit: 200, ...(cursor && { cursor }) }
        return data(api.GET('/api-keys', { params: { query }, signal }))
      }),
  })
}

/** Makes a key; the answer is the only one that has it. */
export function useCreateApiKey() {
  return useUnkeptWrite((key: NewApiKey) => data(api.POST('/api-keys', { body: key })), TOUCHED)
}

export function useRevokeApiKey() {
  return useWrite((id: number) => data(api.DELETE('/api-keys/{id}', { params: { path: { id } } })), TOUCHED)
}
