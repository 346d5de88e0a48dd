import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseProductSearch, parseProductTab } from './search'

export const productRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/products',
    validateSearch: parseProductSearch,
    component: lazyPage(() => import('./ProductsPage'), 'ProductsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/products/$productId',
    validateSearch: parseProductTab,
    component: lazyPage(() => import('./product/ProductPage'), 'ProductPage'),
  }),
] as const
