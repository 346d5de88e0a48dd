import type { Role } from '~/api/schema.gen'
import { defineTexts } from '~/i18n/catalogue'

export const ROLES = ['viewer', 'operator', 'buyer', 'manager', 'admin'] as const satisfies readonly Role[]

/** What people are to the shop. */
export const roleTexts = defineTexts({
  en: {
    viewer: 'Viewer',
    operator: 'Operator',
    buyer: 'Buyer',
    manager: 'Manager',
    admin: 'Admin',
  } satisfies Record<Role, string>,
  de: {
    viewer: 'Betrachter',
    operator: 'Lagerkraft',
    buyer: 'Einkauf',
    manager: 'Leitung',
    admin: 'Admin',
  },
})

export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name)
}
