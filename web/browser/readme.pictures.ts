import { mkdirSync } from 'node:fs'
import { afterAll, it } from 'vitest'
import type { PurchaseOrder } from '../src/api/schema.gen'
import { call } from './api'
import { closeBrowser, openApp } from './harness'

/** The pictures of the README and the manual, made from the sample shop: `npm run pictures`. */
const FOLDER = '../docs/src/images'
const DESK = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 760 }
/** Until charts are drawn and fonts are there. */
const SETTLED_MS = 1500

afterAll(closeBrowser)

const PICTURES = {
  dashboard: { path: '/', colorScheme: 'light' },
  products: { path: '/products', colorScheme: 'dark' },
  product: { path: '/products/1', colorScheme: 'light' },
} as const

for (const [name, { path, colorScheme }] of Object.entries(PICTURES)) {
  it(name, async () => {
    mkdirSync(FOLDER, { recursive: true })
    const app = await openApp({ viewport: DESK, colorScheme })
    await app.go(path)
    await app.page.waitForTimeout(SETTLED_MS)
    await app.page.screenshot({ path: `${FOLDER}/${name}.png` })
    await app.close()
  })
}

it('receiving by scanning on a phone', async () => {
  const { items } = await call<{ items: PurchaseOrder[] }>('GET', '/purchase-orders?status=ordered&limit=1')
  const order = await call<PurchaseOrder>('GET', `/purchase-orders/${items[0]?.id}`)
  const app = await openApp({ viewport: PHONE, isMobile: true, hasTouch: true })
  await app.go(`/purchase-orders/${order.id}/receive`)
  for (const line of order.lines.slice(0, 2)) {
    await app.scan(line.sku)
    await app.page.getByText(`${line.name}: 1 of`).waitFor()
  }
  await app.page.waitForTimeout(2800) // the light of the scanner is out again
  await app.page.screenshot({ path: `${FOLDER}/receive.png` })
  await app.close()
})
