import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseReplenishmentSearch } from './search'

export const replenishmentRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/replenishment',
    validateSearch: parseReplenishmentSearch,
    component: lazyPage(() => import('./ReplenishmentPage'), 'ReplenishmentPage'),
  }),
] as const
