import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const ledgerRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/ledger',
    component: lazyPage(() => import('./LedgerPage'), 'LedgerPage'),
  }),
] as const
