import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyPage(() => import('./DashboardPage'), 'DashboardPage'),
})
