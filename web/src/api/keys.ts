/**
 * Every query key. The first part is the noun, so that `keys.products()` also stands for all below it: invalidating it
 * reads lists and single products anew.
 */
export const keys = {
  me: () => ['me'] as const,
  setup: () => ['setup'] as const,
  oidc: () => ['oidc'] as const,
  feedPosition: () => ['feed-position'] as const,
  settings: () => ['settings'] as const,

  products: () => ['products'] as const,
  productList: (filter: object) => ['products', 'list', filter] as const,
  product: (id: number) => ['products', id] as const,
  productEntries: (id: number, filter: object = {}) => ['products', id, 'entries', filter] as const,
  productLevels: (id: number, filter: object = {}) => ['products', id, 'levels', filter] as const,
  productPrices: (id: number) => ['products', id, 'prices'] as const,
  productHistory: (id: number, filter: object) => ['products', id, 'history', filter] as const,
  codeLookup: (code: string) => ['products', 'code', code] as const,

  categories: () => ['categories'] as const,
  warehouses: () => ['warehouses'] as const,
  locations: (filter: object = {}) => ['locations', filter] as const,
  stockLevels: (filter: object = {}) => ['stock-levels', filter] as const,
  /** What a change of stock would do, by its body: asked anew when stock changes. */
  stockPreview: (what: string, body: unknown) => ['stock-levels', 'preview', what, body] as const,
  stockMovements: (filter: object = {}) => ['stock-movements', filter] as const,
  stockTransfers: (filter: object = {}) => ['stock-transfers', filter] as const,
  reservations: (filter: object = {}) => ['reservations', filter] as const,
  lowStock: (filter: object = {}) => ['low-stock', filter] as const,
  reports: () => ['reports'] as const,
  report: (name: string, filter: object = {}) => ['reports', name, filter] as const,

  suppliers: () => ['suppliers'] as const,
  supplierList: (filter: object) => ['suppliers', 'list', filter] as const,
  supplier: (id: number) => ['suppliers', id] as const,
  supplierProducts: (filter: object = {}) => ['supplier-products', filter] as const,
  purchaseOrders: (filter: object = {}) => ['purchase-orders', filter] as const,
  goodsReceipts: (filter: object = {}) => ['goods-receipts', filter] as const,
  replenishment: (filter: object = {}) => ['replenishment', filter] as const,
  ledger: () => ['ledger'] as const,
  roles: () => ['roles'] as const,
  users: () => ['users'] as const,
  user: (id: number) => ['users', id] as const,
  apiKeys: (filter: object = {}) => ['api-keys', filter] as const,
  sessions: () => ['sessions'] as const,
  auditLog: (filter: object = {}) => ['audit-log', filter] as const,
}
