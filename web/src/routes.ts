import { rootRoute, shellRoute } from './app/root'
import { categoryRoutes } from './features/categories/routes'
import { dashboardRoute } from './features/dashboard/routes'
import { ledgerRoutes } from './features/ledger/routes'
import { productRoutes } from './features/products/routes'
import { purchaseOrderRoutes } from './features/purchase-orders/routes'
import { replenishmentRoutes } from './features/replenishment/routes'
import { scanRoutes } from './features/scan/routes'
import { sessionRoutes } from './features/sessions/routes'
import { settingsRoutes } from './features/settings/routes'
import { supplierRoutes } from './features/suppliers/routes'
import { warehouseRoutes } from './features/warehouses/routes'

/** Every page. A feature lists its own in its `routes.ts`. */
export const routeTree = rootRoute.addChildren([
  ...sessionRoutes,
  shellRoute.addChildren([
    dashboardRoute,
    ...productRoutes,
    ...purchaseOrderRoutes,
    ...scanRoutes,
    ...replenishmentRoutes,
    ...supplierRoutes,
    ...warehouseRoutes,
    ...categoryRoutes,
    ...ledgerRoutes,
    ...settingsRoutes,
  ]),
])
