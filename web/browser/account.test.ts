import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ApiKey, Me } from '../src/api/schema.gen'
import { type AppPage, atOnce, closeBrowser, openApp, PHONE } from './harness'
import { ADMIN, openShop, PASSWORD, type Shop } from './people'
import { startServer } from './server'

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

const apiKeys = async () => (await shop.call<{ items: ApiKey[] }>('GET', '/api-keys?limit=200')).items

/** Asks with a key, as the program does that has it. */
const withKey = (key: string, path: string) =>
  fetch(shop.server.url + path, { headers: { Authorization: `Bearer ${key}` } })

it('a password is changed by keyboard; the server’s rules stand at the field, and other sessions end', async () => {
  await shop.makePerson('Eva', 'operator')
  const elsewhere = await shop.openAs('eva@example.com', { expectedStatus: [401] })
  await elsewhere.go('/products')
  app = await shop.openAs('eva@example.com', { expectedStatus: [422] })
  await app.go('/')
  await app.page.getByRole('button', { name: 'Account' }).press('Enter')
  await app.page.getByRole('menuitem', { name: 'Your account' }).press('Enter')
  await app.page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
  await app.page.getByText('eva@example.com').waitFor()
  const sessions = app.page.getByRole('region', { name: 'Where you are signed in' })
  await expect.poll(() => sessions.getByRole('button', { name: /^End the session/ }).count()).toBe(1)
  await app.expectAccessible()

  const [present, next] = [
    app.page.getByRole('textbox', { name: 'Present password' }),
    app.page.getByRole('textbox', { name: 'New password' }),
  ]
  await present.fill('not this one')
  await next.fill('password1')
  await next.press('Enter')
  await app.page.getByText('This is among those that are tried first.').waitFor()
  await next.fill('battery staple')
  await next.press('Enter')
  await app.page.getByText('This is not your present password.').waitFor()
  await app.expectAccessible()
  await present.fill(PASSWORD)
  await next.press('Enter')
  await app.page.getByText('Your password is changed').waitFor()
  await expect.poll(() => present.inputValue()).toBe('')
  await expect.poll(() => sessions.getByRole('button', { name: /^End the session/ }).count()).toBe(0)
  await elsewhere.page.getByRole('link', { name: 'Movements' }).click()
  await elsewhere.page.getByRole('heading', { name: 'Sign in to Stockbook' }).waitFor()
  await elsewhere.close()
  // By herself: the server ends the session whose cookie comes along, which would be the admin's.
  const signedIn = await fetch(`${shop.server.url}/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'eva@example.com', password: 'battery staple' }),
  })
  expect(signedIn.status).toBe(201)
})

it('a session that was left somewhere is ended, and this one goes on', async () => {
  await shop.makePerson('Finn', 'viewer')
  const left = await shop.openAs('finn@example.com', { expectedStatus: [401] })
  await left.go('/products')
  app = await shop.openAs('finn@example.com')
  await app.go('/account')
  const sessions = app.page.getByRole('region', { name: 'Where you are signed in' })
  await sessions.getByText('This one').waitFor()
  await sessions.getByRole('button', { name: 'End all others' }).click()
  const dialog = app.page.getByRole('dialog', { name: /^End \d+ other sessions?\?$/ })
  await dialog.getByRole('button', { name: 'End', exact: true }).click()
  await app.page.getByText(/sessions? ha(s|ve) ended/).waitFor()
  await left.page.getByRole('link', { name: 'Movements' }).click()
  await left.page.getByRole('heading', { name: 'Sign in to Stockbook' }).waitFor()
  await left.close()
  await app.go('/products')
})

it('language and looks are chosen', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/account')
  await app.page.getByText('Deutsch').click()
  await app.page.getByRole('heading', { level: 1, name: 'Ihr Konto' }).waitFor()
  await app.page.getByText('Dunkel').click()
  await expect.poll(() => app.page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
  await app.expectAccessible()
})

it('a key is made with chosen scopes, shown once, does what it may, and is taken back', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/api-keys')
  await app.page.getByText('No API keys').waitFor()
  await app.expectAccessible()
  await app.page.getByRole('button', { name: 'New API key' }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Web shop')
  expect(
    await dialog
      .getByRole('combobox', { name: 'Expires' })
      .or(dialog.getByLabel('Expires'))
      .first()
      .inputValue(),
  ).toBe('90 days')
  await dialog.getByRole('button', { name: 'Make key' }).click()
  await dialog.getByText('Choose at least one thing').waitFor()
  await dialog.getByRole('button', { name: 'Only reading' }).click()
  await dialog.getByLabel('Read, export and verify the audit log').uncheck()
  await dialog.getByLabel('Reserve stock and release it').check()
  await app.expectAccessible()
  await dialog.getByRole('button', { name: 'Make key' }).click()
  await app.page.getByRole('dialog', { name: 'The key “Web shop”' }).waitFor()
  await app.expectAccessible()
  const key = await dialog.getByRole('textbox', { name: 'API key' }).inputValue()
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'Try it' }).inputValue())
    .toBe(`curl ${shop.server.url}/me -H 'Authorization: Bearer ${key}'`)
  const me = (await (await withKey(key, '/me')).json()) as Me
  expect(me.permissions).toContain('stock.reserve')
  expect(me.permissions).not.toContain('audit_log.read')
  expect(me.permissions).not.toContain('stock.move')
  const [made] = await apiKeys()
  const days = (new Date(made?.expires_at ?? 0).getTime() - Date.now()) / 86_400_000
  expect(Math.round(days)).toBe(90)

  await dialog.getByRole('button', { name: 'I have noted it' }).click()
  const row = app.page.getByRole('row', { name: /Web shop/ })
  await row.getByText('Active').waitFor()
  await expect.poll(() => app.page.content()).not.toContain(key)
  await row.getByRole('button', { name: 'Take back: Web shop' }).press('Enter')
  await dialog.getByText('The program that uses it is refused from now on').waitFor()
  await app.expectAccessible()
  await dialog.getByRole('button', { name: 'Take back' }).press('Enter')
  await app.page.getByText('“Web shop” is taken back').waitFor()
  expect((await withKey(key, '/me')).status).toBe(401)
  await app.page.getByText('No key is good at the moment.').waitFor()
  await app.page.getByText('Ended ones too').click()
  await row.getByText('Taken back').waitFor()
})

it('who makes no keys for others sees their own only, and scopes they have', async () => {
  const ginas = { name: 'Till', expires_in_days: 7 }
  await shop.makePerson('Gina', 'operator')
  app = await shop.openAs('gina@example.com', { viewport: PHONE, hasTouch: true, isMobile: true })
  await app.go('/api-keys')
  await app.page.getByText('No API keys').waitFor()
  await app.page.getByRole('button', { name: 'New API key' }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(ginas.name)
  expect(await dialog.getByLabel('Change the settings').count()).toBe(0)
  await app.expectAccessible()
  await dialog.getByLabel('Everything I may do').check()
  await dialog.getByRole('button', { name: 'Make key' }).click()
  await dialog.getByRole('button', { name: 'I have noted it' }).click()
  await app.page.getByRole('row', { name: /Till/ }).getByText('Active').waitFor()
})

it('the demo has nobody whose key it could be, and says so', async () => {
  app = await openApp()
  await app.go('/api-keys')
  await app.page.getByRole('button', { name: 'New API key' }).hover()
  await app.page.getByText('A key belongs to somebody who has signed in').waitFor()
  await app.go('/account')
  await app.page.getByText('This is the demo').waitFor()
  await app.expectAccessible()
})

it('two presses before the dialog is drawn anew make one key', async () => {
  app = await shop.openAs(ADMIN)
  await app.go('/api-keys')
  await app.page.getByRole('button', { name: 'New API key' }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Pressed twice')
  await dialog.getByRole('button', { name: 'Only reading' }).click()
  const make = dialog.getByRole('button', { name: 'Make key' })
  await atOnce(app.page, make, make)
  await app.page.getByRole('dialog', { name: 'The key “Pressed twice”' }).waitFor()
  expect((await apiKeys()).filter(key => key.name === 'Pressed twice').length).toBe(1)
})
