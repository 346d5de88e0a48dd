import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const userRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/users',
    validateSearch: (raw: Record<string, unknown>): { inactive?: boolean } =>
      raw.inactive === true ? { inactive: true } : {},
    component: lazyRouteComponent(() => import('./UsersPage'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/users/$userId',
    component: lazyRouteComponent(() => import('./UserPage'), 'UserPage'),
  }),
] as const
