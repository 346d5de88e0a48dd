import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const userRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/users',
    validateSearch: (raw: Record<string, unknown>): { inactive?: boolean } =>
      raw.inactive === true ? { inactive: true } : {},
    component: lazyPage(() => import('./UsersPage'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/users/$userId',
    component: lazyPage(() => import('./UserPage'), 'UserPage'),
  }),
] as const
