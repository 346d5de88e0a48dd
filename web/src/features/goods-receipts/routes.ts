import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseReceiptSearch } from './search'

export const goodsReceiptRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/goods-receipts',
    validateSearch: parseReceiptSearch,
    component: lazyRouteComponent(() => import('./ReceiptsPage'), 'ReceiptsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/goods-receipts/$receiptId',
    component: lazyRouteComponent(() => import('./ReceiptPage'), 'ReceiptPage'),
  }),
] as const
