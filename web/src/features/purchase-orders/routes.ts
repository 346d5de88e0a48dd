import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseNewOrderSearch, parseOrderSearch } from './search'

export const purchaseOrderRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders',
    validateSearch: parseOrderSearch,
    component: lazyRouteComponent(() => import('./OrdersPage'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/new',
    validateSearch: parseNewOrderSearch,
    component: lazyRouteComponent(() => import('./NewOrderPage'), 'NewOrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId',
    component: lazyRouteComponent(() => import('./OrderPage'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId/edit',
    component: lazyRouteComponent(() => import('./EditOrderPage'), 'EditOrderPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/purchase-orders/$orderId/receive',
    component: lazyRouteComponent(() => import('./ReceivePage'), 'ReceivePage'),
  }),
] as const
