import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const supplierRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/suppliers',
    validateSearch: (raw: Record<string, unknown>): { archived?: boolean } =>
      raw.archived === true ? { archived: true } : {},
    component: lazyRouteComponent(() => import('./SuppliersPage'), 'SuppliersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/suppliers/$supplierId',
    component: lazyRouteComponent(() => import('./SupplierPage'), 'SupplierPage'),
  }),
] as const
