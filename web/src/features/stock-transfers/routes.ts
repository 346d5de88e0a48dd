import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import type { TransferGroup } from './api'

export const stockTransferRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-transfers',
    validateSearch: (raw: Record<string, unknown>): { group?: TransferGroup } =>
      raw.group === 'done' ? { group: 'done' } : {},
    component: lazyRouteComponent(() => import('./TransfersPage'), 'TransfersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-transfers/$transferId',
    component: lazyRouteComponent(() => import('./TransferPage'), 'TransferPage'),
  }),
] as const
