import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseMovementSearch } from './search'

export const stockMovementRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-movements',
    validateSearch: parseMovementSearch,
    component: lazyPage(() => import('./MovementsPage'), 'MovementsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-movements/$movementId',
    component: lazyPage(() => import('./MovementPage'), 'MovementPage'),
  }),
] as const
