import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PurchaseOrder, Settings, Supplier, User } from '../src/api/schema.gen'
import { type AppPage, closeBrowser, openApp } from './harness'
import { ADMIN, openShop, PASSWORD, type Shop } from './people'
import { startServer } from './server'

/** The office without a mouse: by Tab, arrows, Space, Enter and Escape alone. What has the focus is seen to have it. */

let shop: Shop
let app: AppPage
beforeAll(async () => {
  shop = await openShop(await startServer('serve'))
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await shop.server.stop()
})

const button = (name: string | RegExp) => app.page.getByRole('button', { name, exact: true })
const dialog = (name?: string | RegExp) => app.page.getByRole('dialog', name === undefined ? {} : { name })

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await app.page.keyboard.press(key)
}

/** Types as a person does: faster is a scanner. */
function type(text: string): Promise<void> {
  return app.page.keyboard.type(text, { delay: 90 })
}

/** What it looks like at its edge. */
function edgeOf(target: Locator): Promise<string> {
  return target.evaluate(element => {
    const { outlineStyle, outlineWidth, borderColor, boxShadow } = getComputedStyle(element)
    return [outlineStyle, outlineWidth, borderColor, boxShadow].join(' ')
  })
}

/** Goes there by Tab, and sees that it is there. */
async function tabTo(target: Locator): Promise<void> {
  const hasFocus = () => target.evaluate(element => element === document.activeElement)
  if (await hasFocus()) return // a dialog begins there
  const before = await edgeOf(target)
  await app.tabTo(target)
  await expect.poll(() => edgeOf(target), { message: `the focus on ${target} is not seen` }).not.toBe(before)
}

function expectFocus(target: Locator): Promise<void> {
  const has = () => target.evaluate(element => element === document.activeElement)
  return expect.poll(has, { message: `no focus on ${target}` }).toBe(true)
}

const people = async () => (await shop.call<{ items: User[] }>('GET', '/users?limit=200')).items

describe('without a mouse', () => {
  it('somebody signs in, is told what was wrong, and signs out', async () => {
    app = await openApp({ url: shop.server.url, expectedStatus: [401] })
    await app.go('/suppliers')
    const [email, password] = [
      app.page.getByLabel('Email'),
      app.page.getByRole('textbox', { name: 'Password' }),
    ]
    await expectFocus(email)
    await type(ADMIN)
    await tabTo(password)
    await type('not this')
    await press('Enter')
    await app.page.getByText('This email and password do not belong together.').waitFor()
    await app.tabTo(password)
    await press('Control+a')
    await type(PASSWORD)
    await tabTo(button('Sign in'))
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'Suppliers' }).waitFor()

    await tabTo(button('Account'))
    await press('Enter')
    await app.page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    await press('Escape')
    const signOut = app.page.getByRole('menuitem', { name: 'Sign out' })
    await signOut.waitFor({ state: 'detached' })
    await expectFocus(button('Account'))
    await press('Enter')
    await signOut.waitFor()
    const isThere = () => signOut.evaluate(element => element === document.activeElement)
    for (let step = 0; !(await isThere()) && step < 30; step++) await press('ArrowDown')
    await press('Enter')
    await app.page.getByRole('heading', { name: 'Sign in to Stockbook' }).waitFor()
  })

  it('the settings are changed', async () => {
    app = await shop.openAs(ADMIN)
    await app.go('/settings')
    const every = app.page.getByRole('radio', { name: 'Every order' })
    await app.tabTo(every)
    await press('ArrowRight')
    await tabTo(app.page.getByLabel('Amount', { exact: true }))
    await press('Control+a')
    await type('750')
    await tabTo(app.page.getByLabel('Backdating in days'))
    await press('Control+a')
    await type('14')
    await tabTo(button('Save'))
    await press('Enter')
    await app.page.getByText('The settings are saved').waitFor()
    const saved = await shop.call<Settings>('GET', '/settings')
    expect([Number(saved.purchase_approval_above), saved.backdate_limit_days]).toEqual([750, 14])
  })

  it('somebody is added, their link handed on, and their role changed', async () => {
    app = await shop.openAs(ADMIN)
    await app.go('/users')
    await tabTo(button('New person'))
    await press('Enter')
    await expectFocus(dialog().getByLabel('Name'))
    await type('Kay')
    await tabTo(dialog().getByLabel('Email'))
    await type('kay@example.com')
    await chooseRole('Operator')
    await tabTo(button('Add person'))
    await press('Enter')
    await dialog('For Kay').waitFor()
    await tabTo(button('Copy: Link'))
    await tabTo(button('I have noted it'))
    await press('Enter')
    await dialog().waitFor({ state: 'detached' })
    await expectFocus(button('New person'))

    await tabTo(app.page.getByRole('link', { name: 'Kay', exact: true }))
    await press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'Kay' }).waitFor()
    await tabTo(button('Edit'))
    await press('Enter')
    await expectFocus(dialog().getByLabel('Name'))
    await chooseRole('Manager')
    await tabTo(button('Save'))
    await press('Enter')
    await dialog().waitFor({ state: 'detached' })
    await expectFocus(button('Edit'))
    expect((await people()).find(one => one.name === 'Kay')?.role).toBe('manager')
  })

  it('what runs out is explained, chosen, and ordered', async () => {
    const supplier = await shop.call<Supplier>('POST', '/suppliers', { code: 'KEYS', name: 'Keys Ltd' })
    const sold = { supplier_id: supplier.id, preferred: true, costs: [{ unit_cost: '2.50' }] }
    for (const name of ['Ladle', 'Whisk']) {
      const product = { sku: name.toUpperCase(), name, price: '9.00', reorder_point: 4 }
      const { id } = await shop.call<{ id: number }>('POST', '/products', product)
      await shop.call('POST', '/supplier-products', { ...sold, product_id: id })
    }
    app = await shop.openAs(ADMIN)
    await app.go('/replenishment')
    const why = button(/^Why \d+ of Ladle/)
    await tabTo(why)
    await press('Enter')
    await dialog().waitFor()
    await press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await expectFocus(why)

    const make = button('Make drafts')
    await app.page.keyboard.press('Shift+Tab')
    await tabTo(app.page.getByRole('checkbox', { name: 'Choose Whisk' }))
    await press('Space')
    await app.page.getByText('1 suggestion chosen').waitFor()
    await tabTo(make)
    await press('Enter')
    await dialog('1 draft is made').waitFor()
    await press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await expectFocus(make)
    const { items } = await shop.call<{ items: PurchaseOrder[] }>(
      'GET',
      `/purchase-orders?supplier_id=${supplier.id}`,
    )
    const order = await shop.call<PurchaseOrder>('GET', `/purchase-orders/${items[0]?.id}`)
    expect(order.lines.map(line => line.sku)).toEqual(['WHISK'])
  })
})

/** Opens the list of roles, and goes down to one. */
async function chooseRole(name: string): Promise<void> {
  await tabTo(dialog().getByRole('combobox', { name: 'Role' }))
  await press('ArrowDown')
  const marked = app.page.locator('[role=option][data-combobox-selected]')
  await app.page.getByRole('option', { name: new RegExp(`^${name}`) }).waitFor()
  for (let step = 0; !(await marked.allTextContents()).join().startsWith(name) && step < 10; step++) {
    await press('ArrowDown')
  }
  await press('Enter')
}
