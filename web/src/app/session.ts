import { useQuery } from '@tanstack/react-query'
import { untyped } from '~/api/client'
import { keys } from '~/api/keys'
import { isMissing } from '~/api/problem'

/** Who is using the app, and what they may do. */
export interface Me {
  kind: 'user' | 'api_key' | 'demo'
  name: string
  user: { id: number; email: string; name: string; role: string; warehouses: string[] | null } | null
  /** What is allowed, such as `products.read`; null from a server that has no access control: everything. */
  permissions: string[] | null
}

const UNPROTECTED: Me = { kind: 'demo', name: 'demo', user: null, permissions: null }

/** Who is signed in. Fails with a `Problem` of status 401 if nobody is. */
export function useMe() {
  return useQuery({ queryKey: keys.me(), queryFn: readMe, staleTime: 60_000 })
}

async function readMe(): Promise<Me> {
  try {
    return await untyped<Me>('GET', '/me')
  } catch (error) {
    if (isMissing(error)) return UNPROTECTED
    throw error
  }
}

/** Whether the person may: `const can = useCan()`, `can('products.write')`. Hide nothing by it: say why a button is off. */
export function useCan(): (permission: string) => boolean {
  const permissions = useMe().data?.permissions ?? null
  return permission => permissions === null || permissions.includes(permission)
}
