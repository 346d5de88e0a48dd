import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { AuditLogEntry, AuditLogVerification, Product, Settings, User } from '../src/api/schema.gen'
import { type AppPage, closeBrowser, PHONE } from './harness'
import { ADMIN, openShop, type Shop } from './people'
import { startServer } from './server'

let shop: Shop
let app: AppPage
let hugo: User
beforeAll(async () => {
  shop = await openShop(await startServer('serve'))
  hugo = await shop.makePerson('Hugo', 'viewer')
  await shop.call('PATCH', `/users/${hugo.id}`, { role: 'buyer', active: false })
  await shop.call('PATCH', '/settings', { over_receipt_percent: 7, books_closed_until: null })
  await shop.call<Settings>('PATCH', '/settings', { over_receipt_percent: 0 })
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await shop.server.stop()
})

const log = async (filter: string) =>
  (await shop.call<{ items: AuditLogEntry[] }>('GET', `/audit-log?limit=200&${filter}`)).items
const rows = () => app.page.getByRole('grid', { name: 'Audit log' }).locator('[data-row]')

it('what was done is found by who, what and when, and read by people', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/audit-log')
  await rows().first().waitFor()
  await app.expectAccessible()
  await app.page
    .getByRole('combobox', { name: 'What' })
    .or(app.page.getByLabel('What'))
    .first()
    .fill('deactiv')
  await app.page.getByRole('option', { name: 'Person deactivated' }).click()
  await app.page.keyboard.press('Escape')
  await expect.poll(() => rows().count()).toBe(1)
  expect(new URL(app.page.url()).searchParams.get('action')).toBe('["user.deactivated"]')

  await rows().first().getByText('Person deactivated').click()
  const dialog = app.page.getByRole('dialog', { name: 'Person deactivated · hugo@example.com' })
  const changed = dialog.getByRole('group', { name: 'What changed' })
  await changed.getByRole('row', { name: 'Role Viewer Buyer' }).waitFor()
  await changed.getByRole('row', { name: 'May come in yes no' }).waitFor()
  await dialog.getByText('127.0.0.1').waitFor()
  await app.expectAccessible()
  await dialog.getByRole('link', { name: 'To the page of it' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Hugo' }).waitFor()

  await app.page.getByRole('link', { name: 'What was decided about Hugo' }).click()
  await app.page.getByText(`Only user:${hugo.id}`).waitFor()
  const about = (await log(`target=user:${hugo.id}`)).length
  expect(about).toBeGreaterThan(2)
  await expect.poll(() => rows().count()).toBe(about)
  await app.page.getByRole('button', { name: 'Show others too' }).click()
  await expect.poll(() => rows().count()).toBeGreaterThan(about)

  // Nothing was done on a day long ago.
  await app.go('/audit-log?from=2020-01-01&to=2020-01-31')
  await app.page.getByText('Nothing was done that fits').waitFor()
  await app.expectAccessible()
})

it('what was changed of a product is read by people, and leads to it', async () => {
  const cup = await shop.call<Product>('POST', '/products', { sku: 'CUP-1', name: 'Cup', price: '3' })
  await shop.call('PATCH', `/products/${cup.id}`, { name: 'Large cup', reorder_point: 5 })
  app = await shop.openAs(ADMIN)
  await app.go('/audit-log?action=["product.updated"]')
  await expect.poll(() => rows().count()).toBe(1)
  await rows().first().getByText('Product changed').click()
  const dialog = app.page.getByRole('dialog', { name: 'Product changed · CUP-1' })
  const changed = dialog.getByRole('group', { name: 'What changed' })
  await changed.getByRole('row', { name: 'Name Cup Large cup' }).waitFor()
  await changed.getByRole('row', { name: 'Reorder point nothing 5' }).waitFor()
  await dialog.getByRole('link', { name: 'To the page of it' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Large cup' }).waitFor()
})

it('by keyboard: to a row, what it says, and more by the same', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/audit-log?action=["settings.updated"]')
  await expect.poll(() => rows().count()).toBe(2)
  await rows().first().focus()
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('Enter')
  const dialog = app.page.getByRole('dialog', { name: 'Settings changed' })
  await dialog.getByRole('row', { name: 'Over-receipt in percent 0 7' }).waitFor()
  await dialog.getByRole('button', { name: 'More by Ann Lee' }).press('Enter')
  await expect.poll(() => new URL(app.page.url()).searchParams.get('actor')).toBe('["Ann Lee"]')
  const hers = await log('actor=Ann+Lee')
  await expect.poll(() => rows().count()).toBe(hers.length)
})

it('what is found is exported, and that is entered too', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/audit-log?action=["settings.updated"]')
  await expect.poll(() => rows().count()).toBe(2)
  await app.page.getByRole('button', { name: 'Export' }).click()
  const saving = app.page.waitForEvent('download')
  await app.page.getByRole('menuitem', { name: 'For programs (NDJSON)' }).click()
  const saved = readFileSync(await (await saving).path(), 'utf8')
    .trim()
    .split('\n')
  expect(saved.map(line => JSON.parse(line).action)).toEqual(['settings.updated', 'settings.updated'])
  expect((await log('action=audit_log.exported')).length).toBe(1)
})

it('the log is verified, with its head, and a head that is not in it is found', async () => {
  const { head, entries } = await shop.call<AuditLogVerification>('GET', '/audit-log/verify')
  app = await shop.openAs(ADMIN)
  await app.go('/audit-log')
  await app.page.getByRole('button', { name: 'Verify' }).press('Enter')
  const dialog = app.page.getByRole('dialog', { name: 'Verify the audit log' })
  await dialog.getByLabel('A head noted earlier').fill('not one')
  await dialog.getByRole('button', { name: 'Verify now' }).click()
  await dialog.getByText('A place, a colon and 64 hexadecimal digits').waitFor()
  await dialog.getByLabel('A head noted earlier').fill(`${head?.seq}:${head?.chain}`)
  await dialog.getByRole('button', { name: 'Verify now' }).click()
  await dialog.getByText('Everything is as it was written').waitFor()
  await dialog.getByText('The noted head is in the chain.').waitFor()
  const counted = (await dialog.getByRole('status').textContent())?.match(/(\d+) entr/)?.[1]
  expect(Number(counted)).toBeGreaterThanOrEqual(entries)
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'Head to note' }).inputValue())
    .toMatch(/^\d+:[0-9a-f]{64}$/)
  await app.expectAccessible()
  await dialog.getByLabel('A head noted earlier').fill(`${head?.seq}:${'0'.repeat(64)}`)
  await dialog.getByRole('button', { name: 'Verify again' }).click()
  await dialog.getByText('head_changed').waitFor()
  await dialog.getByText('1 difference').first().waitFor()
  await app.expectAccessible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  it(`it fits on a phone and is accessible there, ${colorScheme}`, async () => {
    app = await shop.openAs(ADMIN, { viewport: PHONE, hasTouch: true, isMobile: true, colorScheme })
    await app.go('/audit-log')
    await rows().first().tap()
    await app.page.getByRole('dialog').waitFor()
    await app.expectAccessible()
    const width = await app.page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(PHONE.width)
  })
}
