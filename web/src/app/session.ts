import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'

/** Who is signed in, and what they may do. Fails with a `Problem` of status 401 if nobody is. */
export function useMe() {
  return useQuery({
    queryKey: keys.me(),
    queryFn: ({ signal }) => data(api.GET('/me', { signal })),
    staleTime: 60_000,
  })
}

/** Whether the person may: `const can = useCan()`, `can('products.write')`. */
export function useCan(): (permission: string) => boolean {
  const permissions: readonly string[] | undefined = useMe().data?.permissions
  return permission => permissions?.includes(permission) ?? false
}

/** Whether they may see a page, or what leads there. */
export function useMaySee(): (demand: { permission?: string; everywhere?: true }) => boolean {
  const can = useCan()
  const isEverywhere = !useMe().data?.user?.warehouses // some pages are for nobody else
  return ({ permission, everywhere }) =>
    (permission === undefined || can(permission)) && (!everywhere || isEverywhere)
}
