import { afterAll, afterEach, describe, expect, inject, it } from 'vitest'
import { makeProduct } from './api'
import { type AppPage, closeBrowser, hold, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

const PAGES = [
  '/',
  '/products',
  '/products?q=nothing-is-called-so',
  '/scan',
  '/scan?mode=count',
  '/scan?mode=move',
  '/stock',
  '/stock?work=receive&product=1',
  '/stock?work=transfer&product=1',
  '/stock?work=reserve',
  '/stock-movements',
  '/stock-movements/1',
  '/stock-transfers',
  '/reservations',
  '/purchase-orders',
  '/purchase-orders/1',
  '/purchase-orders/new',
  '/purchase-orders/10/edit',
  '/purchase-orders/6/receive',
  '/goods-receipts',
  '/goods-receipts/1',
  '/suppliers',
  '/suppliers/1',
  '/replenishment',
  '/warehouses',
  '/categories',
  '/ledger',
  '/settings',
  '/users',
  '/audit-log',
  '/api-keys',
  '/account',
]

/** There are many of them, and axe looks long. */
const EVERY_PAGE_MS_MAX = PAGES.length * 8_000

describe('every page', { timeout: EVERY_PAGE_MS_MAX }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is accessible in the ${colorScheme} theme`, async () => {
      app = await openApp({ colorScheme })
      for (const path of PAGES) {
        await app.go(path)
        await app.page.waitForLoadState('networkidle').catch(() => {})
        await app.expectAccessible()
      }
    })
  }

  it('fits on a phone without scrolling to the side, and is accessible there', async () => {
    app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
    for (const path of PAGES) {
      await app.go(path)
      const width = await app.page.evaluate(() => document.documentElement.scrollWidth)
      expect(width, path).toBeLessThanOrEqual(PHONE.width)
      await app.expectAccessible()
    }
  })
})

it('what is not there is said to be so, on the page of each kind', async () => {
  const kinds = [
    'products',
    'stock-movements',
    'stock-transfers',
    'reservations',
    'purchase-orders',
    'goods-receipts',
    'suppliers',
    'users',
  ]
  app = await openApp({ expectedStatus: [404] })
  for (const kind of kinds) {
    await app.page.goto(`${inject('url')}/app/${kind}/999999999`)
    const title = app.page.getByRole('heading', { level: 1, name: 'There is no such page' })
    await title.waitFor().catch(() => expect.fail(`${kind}: not said`))
  }
})

it('a figure of the dashboard is that of the list to which it leads', async () => {
  await makeProduct({ on_hand: 2, reorder_point: 5 })
  app = await openApp()
  const follow = async (name: RegExp) => {
    await app.go('/')
    const tile = app.page.getByRole('link', { name })
    await tile.getByText(/^\d+$/).waitFor()
    const figure = await tile.getByText(/^\d+$/).textContent()
    await tile.click()
    return Number(figure)
  }
  const low = await follow(/^Low stock/)
  expect(low).toBeGreaterThan(0)
  await app.page.getByText(low === 1 ? '1 product' : `${low} products`, { exact: true }).waitFor()
  await app.page.getByRole('link', { name: 'What to order' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Replenishment' }).waitFor()

  const orders = await follow(/^Orders to receive/)
  expect(orders).toBeGreaterThan(0)
  await expect.poll(() => app.page.getByRole('radio', { name: 'To receive' }).isChecked()).toBe(true)
  await expect.poll(() => app.page.getByRole('link', { name: /^PO-/ }).count()).toBe(orders)
})

describe('a scan with the focus', () => {
  const cases = {
    'in a text field': async () => {
      await app.page.getByRole('searchbox').fill('pot')
      await app.page.getByRole('searchbox').focus()
    },
    nowhere: async () => {
      await app.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    },
    'in a dialog': async () => {
      await app.page.keyboard.press('Control+k')
      await app.page.getByRole('dialog').getByRole('combobox').waitFor()
    },
  }
  for (const [where, focus] of Object.entries(cases)) {
    it(`${where} opens the product`, async () => {
      const product = await makeProduct({ barcode: null })
      app = await openApp()
      await app.go('/products')
      await focus()
      await app.scan(product.sku)
      await app.page.getByRole('heading', { level: 1, name: product.name }).waitFor()
    })
  }

  it('leaves nothing in the field', async () => {
    app = await openApp()
    await app.go('/products')
    const field = app.page.getByRole('searchbox')
    await field.fill('pot')
    await app.scan('NOBODY-HAS-THIS')
    await app.page.getByText('No product has the code NOBODY-HAS-THIS').waitFor()
    await expect.poll(() => field.inputValue()).toBe('pot')
  })
})

describe('the keyboard', () => {
  it('finds a product by Ctrl-K and a few letters', async () => {
    const product = await makeProduct()
    app = await openApp()
    await app.go('/')
    await app.page.keyboard.press('Control+k')
    await app.page.keyboard.type(product.sku, { delay: 90 })
    await app.page.getByRole('dialog').getByText(product.name).waitFor()
    await app.page.keyboard.press('Enter')
    await app.page.getByRole('heading', { level: 1, name: product.name }).waitFor()
  })

  it('Enter opens what is typed, however late it is found, and not what was found before', async () => {
    const name = `Palette ${process.pid}`
    for (const more of ['A', 'B']) await makeProduct({ name: `${name} ${more}` })
    app = await openApp()
    await app.go('/')
    await app.page.keyboard.press('Control+k')
    const dialog = app.page.getByRole('dialog')
    await app.page.keyboard.type(`${name} `, { delay: 90 })
    await dialog.getByText(`${name} A`).waitFor()
    const release = await hold(app.page, 'GET', '**/products?*')
    await app.page.keyboard.type('b', { delay: 90 })
    await app.page.keyboard.press('Enter')
    release()
    await app.page.getByRole('heading', { level: 1, name: `${name} B` }).waitFor()
  })

  it('opens the menu of the account at its first item, accessibly', async () => {
    app = await openApp()
    await app.go('/')
    await app.page.getByRole('button', { name: 'Account' }).press('Enter')
    const first = app.page.getByRole('menuitem').first()
    await expect.poll(() => first.evaluate(item => item === document.activeElement)).toBe(true)
    await app.expectAccessible()
    await app.page.getByRole('menuitemradio', { name: 'Dark' }).press('Enter')
    await app.page.getByRole('menuitemradio', { name: 'Dark', checked: true }).waitFor()
    await app.expectAccessible()
    if (process.env.SHOT) await app.page.screenshot({ path: process.env.SHOT })
    await app.page.keyboard.press('Escape')
    await app.page.getByRole('menu').waitFor({ state: 'hidden' })
  })

  it('goes to pages by g and a letter, and shows all shortcuts by ?', async () => {
    app = await openApp()
    await app.go('/')
    await app.press('g', 'p')
    await app.page.getByRole('heading', { level: 1, name: 'Products' }).waitFor()
    await app.page.keyboard.press('?')
    await app.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Go to Products').waitFor()
    await app.expectAccessible()
  })
})

it('speaks German where the browser does', async () => {
  app = await openApp({ locale: 'de-AT' })
  await app.go('/products')
  await app.page.getByRole('heading', { level: 1, name: 'Produkte' }).waitFor()
  await expect.poll(() => app.page.evaluate(() => document.documentElement.lang)).toBe('de')
  await app.go('/products/1')
  await app.page.getByText('Stück', { exact: true }).waitFor() // a unit is a word, too
})
