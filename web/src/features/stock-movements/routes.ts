import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseMovementSearch } from './search'

export const stockMovementRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-movements',
    validateSearch: parseMovementSearch,
    component: lazyRouteComponent(() => import('./MovementsPage'), 'MovementsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-movements/$movementId',
    component: lazyRouteComponent(() => import('./MovementPage'), 'MovementPage'),
  }),
] as const
