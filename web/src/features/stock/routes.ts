import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseStockSearch } from './search'

export const stockRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/stock',
  validateSearch: parseStockSearch,
  component: lazyPage(() => import('./StockPage'), 'StockPage'),
})
