import { rootRoute, shellRoute } from './app/root'
import { accountRoutes } from './features/account/routes'
import { apiKeyRoutes } from './features/api-keys/routes'
import { auditLogRoutes } from './features/audit-log/routes'
import { categoryRoutes } from './features/categories/routes'
import { dashboardRoute } from './features/dashboard/routes'
import { goodsReceiptRoutes } from './features/goods-receipts/routes'
import { ledgerRoutes } from './features/ledger/routes'
import { productRoutes } from './features/products/routes'
import { purchaseOrderRoutes } from './features/purchase-orders/routes'
import { replenishmentRoutes } from './features/replenishment/routes'
import { reservationRoutes } from './features/reservations/routes'
import { scanRoute } from './features/scan/routes'
import { sessionRoutes } from './features/sessions/routes'
import { settingsRoutes } from './features/settings/routes'
import { stockRoute } from './features/stock/routes'
import { stockMovementRoutes } from './features/stock-movements/routes'
import { stockTransferRoutes } from './features/stock-transfers/routes'
import { supplierRoutes } from './features/suppliers/routes'
import { userRoutes } from './features/users/routes'
import { warehouseRoutes } from './features/warehouses/routes'

/** Every page. A feature lists its own in its `routes.ts`. */
export const routeTree = rootRoute.addChildren([
  ...sessionRoutes,
  shellRoute.addChildren([
    dashboardRoute,
    ...accountRoutes,
    ...apiKeyRoutes,
    ...auditLogRoutes,
    ...categoryRoutes,
    ...goodsReceiptRoutes,
    ...ledgerRoutes,
    ...productRoutes,
    ...purchaseOrderRoutes,
    ...replenishmentRoutes,
    ...reservationRoutes,
    scanRoute,
    ...settingsRoutes,
    ...stockMovementRoutes,
    stockRoute,
    ...stockTransferRoutes,
    ...supplierRoutes,
    ...userRoutes,
    ...warehouseRoutes,
  ]),
])
