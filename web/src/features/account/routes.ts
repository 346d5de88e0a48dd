import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const accountRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/account',
    component: lazyPage(() => import('./AccountPage'), 'AccountPage'),
  }),
] as const
