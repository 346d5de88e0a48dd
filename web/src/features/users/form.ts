import type { NewUser, Role, User, UserChange } from '~/api/schema.gen'

/** The form of a user as it is filled in. */
export interface UserValues {
  name: string
  email: string
  role: Role
  /** Whether they work in every warehouse, or in some. */
  where: 'everywhere' | 'some'
  warehouses: string[]
}

export function valuesOf(user: User | null): UserValues {
  return {
    name: user?.name ?? '',
    email: user?.email ?? '',
    role: user?.role ?? 'operator',
    where: user?.warehouses ? 'some' : 'everywhere',
    warehouses: user?.warehouses ?? [],
  }
}

/** Where they may work, as it is sent: null is everywhere. */
function warehousesOf(values: UserValues): string[] | null {
  return values.where === 'everywhere' ? null : values.warehouses
}

export function userOf(values: UserValues): NewUser {
  const { name, email, role } = values
  return { name: name.trim(), email: email.trim(), role, warehouses: warehousesOf(values) }
}

/** Only what was changed, so that two admins who edit different fields do not undo each other. */
export function changeOf(before: UserValues, now: UserValues): UserChange {
  const change: UserChange = {}
  if (now.name.trim() !== before.name) change.name = now.name.trim()
  if (now.email.trim() !== before.email) change.email = now.email.trim()
  if (now.role !== before.role) change.role = now.role
  const sorted = (values: UserValues) => JSON.stringify(warehousesOf(values)?.toSorted() ?? null)
  if (sorted(now) !== sorted(before)) change.warehouses = warehousesOf(now)
  return change
}
