import { mkdirSync } from 'node:fs'
import { afterAll, it } from 'vitest'
import { closeBrowser, DESK, openApp, PHONE, TABLET } from './harness'

/**
 * Pictures of every page at three sizes and in both themes, to be looked at: `npm run screenshots`. Those that the README
 * shows are of a desk.
 */
const PAGES: Record<string, string> = {
  dashboard: '/',
  products: '/products',
  product: '/products/1',
  'product-card': '/products/1?tab=card',
  'product-prices': '/products/1?tab=prices',
  'product-supply': '/products/1?tab=supply',
  scanning: '/scan',
  counting: '/scan?mode=count',
  moving: '/scan?mode=move',
  stock: '/stock?product=1',
  'stock-receive': '/stock?work=receive&product=1',
  'stock-transfer': '/stock?work=transfer&product=1',
  movements: '/stock-movements',
  movement: '/stock-movements/1',
  transfers: '/stock-transfers',
  reservations: '/reservations',
  orders: '/purchase-orders',
  order: '/purchase-orders/6',
  'order-edit': '/purchase-orders/10/edit',
  receive: '/purchase-orders/6/receive',
  receipts: '/goods-receipts',
  receipt: '/goods-receipts/1',
  'sign-in': '/sign-in',
  suppliers: '/suppliers',
  supplier: '/suppliers/1',
  replenishment: '/replenishment',
  warehouses: '/warehouses',
  categories: '/categories',
  ledger: '/ledger',
  settings: '/settings',
  'audit-log': '/audit-log',
  account: '/account',
  'password-reset': '/password-reset',
}
const FOLDER = process.env.SCREENSHOTS_DIR ?? '.screenshots'

afterAll(closeBrowser)

for (const [size, viewport] of Object.entries({ desk: DESK, tablet: TABLET, phone: PHONE })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`${size}, ${colorScheme}`, async () => {
      mkdirSync(FOLDER, { recursive: true })
      const app = await openApp({ viewport, colorScheme })
      for (const [name, path] of Object.entries(PAGES)) {
        if (process.env.ONLY && !process.env.ONLY.split(',').includes(name)) continue
        await app.go(path)
        await app.page.waitForTimeout(1200)
        await app.page.screenshot({ path: `${FOLDER}/${name}-${size}-${colorScheme}.png` })
      }
      await app.close()
    })
  }
}
