import { readFileSync } from 'node:fs'
import { afterAll, afterEach, expect, it } from 'vitest'
import type { Category, Location, Settings, Warehouse } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

interface Page<T> {
  items: T[]
}

it('a location is added, made the default and archived; why it cannot be the default is said', async () => {
  const warehouse = `W${process.pid}`
  await call('POST', '/warehouses', { code: warehouse, name: 'Annex' })
  app = await openApp({ expectedStatus: [409] })
  await app.go('/warehouses')
  const panel = app.page.getByRole('region', { name: `${warehouse} · Annex` })
  const dialog = app.page.getByRole('dialog')
  for (const [code, kind] of [
    ['A-01', 'Storage'],
    ['IN-01', 'Receiving'],
  ] as const) {
    await panel.getByRole('button', { name: 'Add location' }).press('Enter')
    await dialog.getByLabel('Code').fill(code)
    await dialog.getByRole('combobox', { name: 'Kind' }).click()
    await app.page.getByRole('option', { name: kind }).click()
    await app.expectAccessible()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await panel.getByRole('cell', { name: code, exact: true }).waitFor()
  }
  await panel.getByRole('button', { name: 'Make default: IN-01' }).hover()
  await app.page.getByText('Only storage can be the default location').waitFor()
  await panel.getByRole('button', { name: 'Make default: A-01' }).click()
  await panel.getByRole('cell', { name: 'A-01 Default' }).waitFor()
  await panel.getByRole('button', { name: 'Archive IN-01?' }).click()
  await dialog.getByRole('button', { name: 'Archive' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { items } = await call<Page<Location>>('GET', `/locations?warehouse=${warehouse}`)
  expect(items.find(one => one.code === 'A-01')?.is_default).toBe(true)
  expect(items.some(one => one.code === 'IN-01')).toBe(false)
})

it('what others change of a warehouse or location while somebody types is told first, and kept', async () => {
  const code = `V${process.pid}`
  const { id } = await call<Warehouse>('POST', '/warehouses', { code, name: 'Annex', address: 'Old Road 1' })
  const shelf = { warehouse: code, code: `${code}-A`, kind: 'storage' }
  const location = await call<Location>('POST', '/locations', shelf)
  const change = (path: string, body: object) => call('PATCH', path, body, { 'If-Match': '*' })
  app = await openApp({ expectedStatus: [412] })
  await app.go('/warehouses')
  const dialog = app.page.getByRole('dialog')
  const told = dialog.getByRole('alert').getByText('Somebody changed this meanwhile')

  await app.page.getByRole('button', { name: `Action: ${code}` }).click()
  await app.page.getByRole('menuitem', { name: 'Edit' }).click()
  await dialog.getByLabel('Address').fill('New Road 2')
  await change(`/warehouses/${id}`, { name: 'Annex East' })
  await app.page.getByText(`${code} · Annex East`).waitFor() // the feed has brought it
  await dialog.getByRole('button', { name: 'Save' }).click()
  await told.waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await call<Warehouse>('GET', `/warehouses/${id}`)).toMatchObject({
    name: 'Annex East',
    address: 'New Road 2',
  })

  await app.page.getByRole('button', { name: `Edit ${shelf.code}` }).click()
  await dialog.getByLabel('Code').fill(`${code}-B`)
  await change(`/locations/${location.id}`, { kind: 'hold' })
  await app.page.getByRole('cell', { name: 'On hold', includeHidden: true }).first().waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await told.waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await call<Location>('GET', `/locations/${location.id}`)).toMatchObject({
    code: `${code}-B`,
    kind: 'hold',
  })
})

it('a category is added below another, moved to the top, and not deleted while it has products', async () => {
  const [top, below] = [`Top ${process.pid}`, `Below ${process.pid}`]
  const parent = await call<Category>('POST', '/categories', { name: top })
  app = await openApp({ expectedStatus: [409] })
  await app.go('/categories')
  const dialog = app.page.getByRole('dialog')
  await app.page.getByRole('button', { name: `Add below ${top}` }).click()
  await dialog.getByLabel('Name').fill(below)
  await app.page.keyboard.press('Enter')
  await app.page.getByRole('cell', { name: below, exact: true }).waitFor()
  const made = (await call<Page<Category>>('GET', '/categories?limit=200')).items.find(
    one => one.name === below,
  )
  expect(made?.parent_id).toBe(parent.id)
  await makeProduct({ category_id: made?.id ?? 0 })
  await app.page.getByRole('button', { name: `Delete ${below}?` }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('alert').waitFor()
  await app.expectAccessible()
  await app.page.keyboard.press('Escape')
  await app.page.getByRole('button', { name: `Edit ${below}` }).click()
  await dialog
    .getByRole('button', { name: 'Clear' })
    .or(dialog.locator('[data-position="right"] button'))
    .first()
    .click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect((await call<Category>('GET', `/categories/${made?.id}`)).parent_id).toBeNull()
})

it('what others change of a category while somebody types is told first, and kept', async () => {
  const [name, other] = [`Kept ${process.pid}`, `Parent ${process.pid}`]
  const one = await call<Category>('POST', '/categories', { name })
  const parent = await call<Category>('POST', '/categories', { name: other })
  app = await openApp({ expectedStatus: [412] })
  await app.go('/categories')
  await app.page.getByRole('button', { name: `Edit ${name}` }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(`${name}, renamed`)
  await call('PATCH', `/categories/${one.id}`, { parent_id: parent.id }, { 'If-Match': '*' })
  await app.page.waitForTimeout(1000) // the tree has heard of it by now, the person has not
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('Somebody changed this meanwhile').waitFor()
  expect((await call<Category>('GET', `/categories/${one.id}`)).name).toBe(name)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await call<Category>('GET', `/categories/${one.id}`)).toMatchObject({
    name: `${name}, renamed`,
    parent_id: parent.id,
  })
})

it('settings are changed; why there is nothing to save is said', async () => {
  app = await openApp()
  await app.go('/settings')
  await app.page.getByRole('button', { name: 'Save' }).hover()
  await app.page.getByText('Nothing was changed').waitFor()
  await app.page.getByLabel('Over-receipt in percent').fill('5')
  await app.page.getByRole('button', { name: 'Save' }).click()
  await app.page.getByText('The settings are saved').waitFor()
  expect((await call<Settings>('GET', '/settings')).over_receipt_percent).toBe(5)
  await call('PATCH', '/settings', { over_receipt_percent: 0 }, { 'If-Match': '*' })
})

it('what somebody types into the settings stays when another one saves first', async () => {
  app = await openApp({ expectedStatus: [412] })
  await app.go('/settings')
  await app.page.getByLabel('Backdating in days').fill('9')
  await call('PATCH', '/settings', { over_receipt_percent: 4 }, { 'If-Match': '*' })
  await app.page.getByRole('button', { name: 'Save' }).click()
  await app.page.getByText('Somebody changed the settings meanwhile.').waitFor()
  await expect.poll(() => app.page.getByLabel('Backdating in days').inputValue()).toBe('9')
  await expect.poll(() => app.page.getByLabel('Over-receipt in percent').inputValue()).toBe('4 %')
  await app.expectAccessible()
  await app.page.getByRole('button', { name: 'Save' }).click()
  await app.page.getByText('The settings are saved').waitFor()
  const saved = await call<Settings>('GET', '/settings')
  expect([saved.backdate_limit_days, saved.over_receipt_percent]).toEqual([9, 4])
  await call('PATCH', '/settings', { over_receipt_percent: 0, backdate_limit_days: 31 }, { 'If-Match': '*' })
})

it('the ledger is verified; heads that were saved are compared, and one written anew is found', async () => {
  const product = await makeProduct({ on_hand: 4 })
  app = await openApp()
  await app.go('/ledger')
  await app.page.getByRole('button', { name: 'Verify', exact: true }).press('Enter')
  await app.page.getByText('Everything agrees').waitFor()
  await app.expectAccessible()

  const saving = app.page.waitForEvent('download')
  await app.page.getByRole('button', { name: 'Export heads' }).click()
  const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8'))
  const head = saved.items.find((one: { product_id: number }) => one.product_id === product.id)
  expect(head.seq).toBe(1)
  const file = (items: unknown[]) => ({
    name: 'heads.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ items })),
  })
  const input = app.page.locator('input[type=file]')
  await input.setInputFiles(file(saved.items))
  await app.page.getByText(`levels agree with the file`).waitFor()
  await input.setInputFiles(file([{ ...head, chain: '00'.repeat(32) }]))
  await app.page.getByText('1 level does not agree with the file').waitFor()
  await app.page.getByText(`Product ${product.id}, location`).waitFor()
  await app.expectAccessible()

  // What happens meanwhile appears by itself.
  await call('POST', '/stock-adjustments', { product_id: product.id, delta: 1, reason: 'found' })
  await app.page
    .getByRole('region', { name: 'What happens now' })
    .getByText('stock.movement')
    .first()
    .waitFor()
})
