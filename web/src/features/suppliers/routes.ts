import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const supplierRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/suppliers',
    validateSearch: (raw: Record<string, unknown>): { archived?: boolean } =>
      raw.archived === true ? { archived: true } : {},
    component: lazyPage(() => import('./SuppliersPage'), 'SuppliersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/suppliers/$supplierId',
    component: lazyPage(() => import('./SupplierPage'), 'SupplierPage'),
  }),
] as const
