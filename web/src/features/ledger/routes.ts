import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const ledgerRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/ledger',
    component: lazyRouteComponent(() => import('./LedgerPage'), 'LedgerPage'),
  }),
] as const
