import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Product, ProductPage, StockLevel } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp } from './harness'
import { ordered } from './purchasing'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

/** More stops than this no page has before what is looked for. */
const STOPS_MAX = 60

/** What has the focus, by its role and name as a screen reader says them. */
function focused(): Promise<string> {
  return app.page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null
    if (!element || element === document.body) return 'nothing'
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ')
    const names = [
      element.getAttribute('aria-label'),
      ...labelled.map(id => (id ? document.getElementById(id)?.textContent : null)),
      ...[...(element.labels ?? [])].map(label => label.textContent),
      element.textContent,
    ]
    return names.find(name => name?.trim())?.trim() ?? element.outerHTML.slice(0, 80)
  })
}

/** Goes there by Tab alone: what it cannot reach, nobody without a mouse can. */
async function tabTo(name: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    const now = await focused()
    if (typeof name === 'string' ? now.replace(/\s*\*$/, '') === name : name.test(now)) return
    passed.push(now.slice(0, 40))
    await app.page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${name}; it passes ${passed.join(' | ')}`)
}

async function type(text: string): Promise<void> {
  await app.page.keyboard.type(text, { delay: 90 }) // faster is a scanner
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await app.page.keyboard.press(key)
}

function product(id: number): Promise<Product> {
  return call('GET', `/products/${id}`)
}

describe('without a mouse', () => {
  it('the first stop skips the navigation', async () => {
    app = await openApp()
    await app.go('/products')
    await press('Tab')
    await expect.poll(() => focused()).toBe('Skip to content')
    await press('Enter')
    await expect.poll(() => app.page.evaluate(() => document.activeElement?.id)).toBe('main')
    await press('Tab')
    await expect.poll(() => focused()).toBe('Export') // the first of the page, and not of the navigation
  })

  it('every shortcut that is listed does what it says', async () => {
    app = await openApp()
    await app.go('/')
    await press('?')
    const dialog = app.page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await dialog.waitFor()
    const lines = await dialog.locator('[data-shortcut]').all()
    const listed = await Promise.all(
      lines.map(async line => [
        await line.getAttribute('data-shortcut'),
        await line.locator('p').first().textContent(),
      ]),
    )
    const pages = listed.filter(([keys]) => keys?.startsWith('g '))
    expect(pages.length).toBeGreaterThan(10)
    await press('Escape')
    await dialog.waitFor({ state: 'detached' })
    for (const [keys = '', label] of pages) {
      await app.press(...(keys ?? '').split(' '))
      const name = label?.replace('Go to ', '') ?? ''
      const entry = app.page.getByRole('navigation').getByRole('link', { name, exact: true })
      await expect.poll(() => entry.first().getAttribute('data-status'), { message: name }).toBe('active')
    }
  })

  it('a dialog begins in its first field, and gives the focus back to what opened it', async () => {
    app = await openApp()
    for (const [path, name] of [
      ['/products', 'New product'],
      ['/products/1', 'Edit'],
      ['/suppliers', 'New supplier'],
      ['/warehouses', 'New warehouse'],
      ['/categories', 'New category'],
    ] as const) {
      await app.go(path)
      await tabTo(name)
      await press('Enter')
      await app.page.getByRole('dialog').waitFor()
      await expect.poll(focused, { message: `the first field of ${name}` }).toMatch(/^Name/)
      await press('Escape')
      await app.page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(focused, { message: `${path}: ${name}` }).toBe(name)
    }
    await app.go('/products')
    await tabTo('Name')
    await press('Control+k')
    await app.page.getByRole('dialog').waitFor()
    await press('Escape')
    await expect.poll(focused).toBe('Name')
  })

  it('the list is one stop, its rows are chosen by Space, and what is chosen is archived', async () => {
    const name = `Keys ${process.pid}`
    const [one, two] = [await makeProduct({ name: `${name} a` }), await makeProduct({ name: `${name} b` })]
    app = await openApp()
    await app.go(`/products?q=${encodeURIComponent(name)}&sort=name`)
    await tabTo(new RegExp(`^${one.name}`))
    await expect.poll(() => app.page.locator('[role=row][tabindex="0"]').count()).toBe(1)
    await press('Space', 'ArrowDown')
    await expect.poll(focused).toContain(two.name)
    await press('Space')
    await app.page.getByText('2 selected').waitFor()
    for (let stop = 0; (await focused()) !== 'Archive' && stop < STOPS_MAX; stop++) await press('Shift+Tab')
    await press('Enter')
    await app.page.getByRole('dialog').waitFor()
    await tabTo('Archive')
    await press('Enter')
    await app.page.getByText('2 products are archived').waitFor()
    const left = await call<ProductPage>('GET', `/products?q=${encodeURIComponent(name)}`)
    expect(left.items).toEqual([])
  })

  it('a product is made, and its price changed in the list', async () => {
    const sku = `KEY-${process.pid}`
    app = await openApp()
    await app.go('/products')
    await tabTo('New product')
    await press('Enter')
    await app.page.getByRole('dialog').getByLabel('Name').waitFor()
    await tabTo('Name')
    await type('By the keyboard')
    await tabTo('SKU')
    await type(sku)
    await tabTo('Price')
    await type('4.50')
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'By the keyboard' }).waitFor()
    await app.go(`/products?q=${sku}`)
    await tabTo(/^Price of By the keyboard: 4.50/)
    await press('Enter')
    await type('5')
    await press('Enter')
    await app.page.getByText('€5.00').waitFor()
    const [made] = (await call<ProductPage>('GET', `/products?sku=${sku}`)).items
    expect(made?.price).toBe('5.00')
  })

  it('stock is counted, and moved to another place', async () => {
    const one = await makeProduct({ on_hand: 12 })
    app = await openApp()
    await app.go('/stock')
    await tabTo('Product')
    await type(one.sku)
    await app.page.getByRole('option', { name: one.sku }).waitFor()
    await press('ArrowDown', 'Enter')
    await app.page.getByText('On hand here: 12').waitFor()
    await tabTo('Counted quantity')
    await type('9')
    await tabTo('Reason')
    await type('damaged')
    await press('Escape', 'Enter')
    await app.page.getByText(`${one.name}: 12 → 9`).waitFor()
    expect((await product(one.id)).on_hand).toBe(9)

    await app.go(`/stock?work=transfer&product=${one.id}`)
    await tabTo('To')
    await press('ArrowDown')
    await app.page.getByRole('option', { name: /^SHOP/ }).waitFor()
    const marked = app.page.locator('[role=option][data-combobox-selected]')
    for (let step = 0; !/^SHOP/.test((await marked.allTextContents()).join()) && step < 10; step++) {
      await press('ArrowDown')
    }
    await press('Enter')
    await tabTo(`Quantity of ${one.name}`)
    await press('Control+a')
    await type('4')
    await tabTo('Transfer')
    await press('Enter')
    await app.page.getByText(/Transfer .* written/).waitFor()
    const { items } = await call<{ items: StockLevel[] }>('GET', `/products/${one.id}/levels`)
    expect(items.map(level => [level.warehouse, level.on_hand]).sort()).toEqual([
      ['MAIN', 5],
      ['SHOP', 4],
    ])
  })

  it('an order is received by typing what came', async () => {
    const one = await makeProduct()
    const order = await ordered([one], 6)
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}/receive`)
    await tabTo(`Now: ${one.name}`)
    await press('Control+a')
    await type('4')
    await tabTo('Post 4 units')
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
    expect((await product(one.id)).on_hand).toBe(4)
  })

  it('the palette does what its actions say', async () => {
    app = await openApp()
    await app.go('/')
    await press('Control+k')
    await type('new prod')
    await app.page.getByRole('option', { name: 'New product' }).waitFor()
    await app.expectAccessible()
    await press('Enter')
    await app.page.getByRole('dialog', { name: 'New product' }).waitFor()
    await press('Escape')
    await app.page.getByRole('dialog').waitFor({ state: 'detached' })
    await press('Control+k')
    await type('deutsch')
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'Produkte' }).waitFor()
    await press('Control+k')
    await type('regal')
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'Scannen' }).waitFor()
    expect(new URL(app.page.url()).searchParams.get('mode')).toBe('count')
  })

  it('a movement is undone', async () => {
    const one = await makeProduct({ on_hand: 3 })
    await call('POST', '/stock-adjustments', { product_id: one.id, delta: -1, reason: 'broken' })
    app = await openApp()
    await app.go(`/products/${one.id}?tab=card`)
    await tabTo('Adjustment')
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: /^Adjustment/ }).waitFor()
    await tabTo(/^Undo Adjustment/)
    await press('Enter')
    await app.page.getByRole('dialog').waitFor()
    await press('Enter') // the focus is in the reason, which is filled in
    await expect.poll(async () => (await product(one.id)).on_hand).toBe(3)
  })
})
