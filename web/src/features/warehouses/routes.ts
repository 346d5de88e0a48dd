import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const warehouseRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/warehouses',
    component: lazyPage(() => import('./WarehousesPage'), 'WarehousesPage'),
  }),
] as const
