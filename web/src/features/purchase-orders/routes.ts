import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseNewOrderSearch, parseOrderSearch } from './search'

export const purchaseOrderRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders',
    validateSearch: parseOrderSearch,
    component: lazyPage(() => import('./OrdersPage'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/new',
    validateSearch: parseNewOrderSearch,
    component: lazyPage(() => import('./NewOrderPage'), 'NewOrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId',
    component: lazyPage(() => import('./OrderPage'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId/edit',
    component: lazyPage(() => import('./EditOrderPage'), 'EditOrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId/receive',
    component: lazyPage(() => import('./ReceivePage'), 'ReceivePage'),
  }),
] as const
