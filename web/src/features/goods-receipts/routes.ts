import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseReceiptSearch } from './search'

export const goodsReceiptRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/goods-receipts',
    validateSearch: parseReceiptSearch,
    component: lazyPage(() => import('./ReceiptsPage'), 'ReceiptsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/goods-receipts/$receiptId',
    component: lazyPage(() => import('./ReceiptPage'), 'ReceiptPage'),
  }),
] as const
