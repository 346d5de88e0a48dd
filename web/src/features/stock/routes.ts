import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseStockSearch } from './search'

export const stockRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/stock',
  validateSearch: parseStockSearch,
  component: lazyRouteComponent(() => import('./StockPage'), 'StockPage'),
})
