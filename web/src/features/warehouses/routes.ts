import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const warehouseRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/warehouses',
    component: lazyRouteComponent(() => import('./WarehousesPage'), 'WarehousesPage'),
  }),
] as const
