import { useQuery } from '@tanstack/react-query'
import { api, data, ifMatch } from '~/api/client'
import { keys } from '~/api/keys'
import type { Settings, SettingsChange } from '~/api/schema.gen'
import { useWrite } from '~/api/write'

/** What the people of the shop decide. */
export function useSettings() {
  return useQuery({
    queryKey: keys.settings(),
    queryFn: ({ signal }): Promise<Settings> => data(api.GET('/settings', { signal })),
  })
}

export function useUpdateSettings() {
  return useWrite(
    ({ version, change }: { version: number; change: SettingsChange }) =>
      data(api.PATCH('/settings', { params: { header: ifMatch(version) }, body: change })),
    [keys.settings()],
  )
}
