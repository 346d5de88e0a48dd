import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import type { TransferGroup } from './api'

export const stockTransferRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-transfers',
    validateSearch: (raw: Record<string, unknown>): { group?: TransferGroup } =>
      raw.group === 'done' ? { group: 'done' } : {},
    component: lazyPage(() => import('./TransfersPage'), 'TransfersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/stock-transfers/$transferId',
    component: lazyPage(() => import('./TransferPage'), 'TransferPage'),
  }),
] as const
