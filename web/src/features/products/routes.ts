import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseProductSearch, parseProductTab } from './search'

export const productRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/products',
    validateSearch: parseProductSearch,
    component: lazyRouteComponent(() => import('./ProductsPage'), 'ProductsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/products/$productId',
    validateSearch: parseProductTab,
    component: lazyRouteComponent(() => import('./product/ProductPage'), 'ProductPage'),
  }),
] as const
