import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseReplenishmentSearch } from './search'

export const replenishmentRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replenishment',
    validateSearch: parseReplenishmentSearch,
    component: lazyRouteComponent(() => import('./ReplenishmentPage'), 'ReplenishmentPage'),
  }),
] as const
