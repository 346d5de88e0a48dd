import { rootRoute, shellRoute } from './app/root'
import { dashboardRoute } from './features/dashboard/routes'
import { productRoutes } from './features/products/routes'
import { purchaseOrderRoutes } from './features/purchase-orders/routes'
import { scanRoutes } from './features/scan/routes'
import { sessionRoutes } from './features/sessions/routes'

/** Every page. A feature lists its own in its `routes.ts`. */
export const routeTree = rootRoute.addChildren([
  ...sessionRoutes,
  shellRoute.addChildren([dashboardRoute, ...productRoutes, ...purchaseOrderRoutes, ...scanRoutes]),
])
