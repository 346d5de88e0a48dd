import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'
import { type Server, startServer } from './server'

const PASSWORD = 'a long enough pass phrase'

let own: Server
let app: AppPage
beforeAll(async () => {
  own = await startServer('serve', [
    ...['--oidc-issuer', 'http://127.0.0.1:9', '--oidc-client-id', 'stockbook'],
    ...['--oidc-name', 'Example ID', '--oidc-public-url', 'http://127.0.0.1:9'],
  ])
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await own.stop()
})

it('the first user is made with the token of the server, signs out and in again', async () => {
  app = await openApp({ url: own.url, expectedStatus: [400, 401, 403, 404, 422] })
  await app.go('/products')
  await app.page.getByRole('heading', { name: 'Welcome to Stockbook' }).waitFor()
  await app.expectAccessible()
  await expect.poll(() => own.said()).toMatch(/token\n\s+\S+/)
  const token = /token\n\s+(\S+)/.exec(own.said())?.[1] ?? ''
  await app.page.getByLabel('Setup token').fill('wrong')
  await app.page.getByLabel('Your name').fill('Ann Lee')
  await app.page.getByLabel('Email').fill('ann@example.com')
  await app.page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await app.page.getByRole('button', { name: 'Create administrator' }).click()
  await app.page.getByText(/token/i).nth(1).waitFor()
  await app.page.getByLabel('Setup token').fill(token)
  await app.page.getByRole('button', { name: 'Create administrator' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()

  await app.page.getByRole('button', { name: 'Account' }).click()
  await app.page.getByText('ann@example.com').waitFor()
  await app.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await app.page.getByRole('heading', { name: 'Sign in to Stockbook' }).waitFor()
  await app.expectAccessible()

  await app.page.goto(`${own.url}/app/products?q=pot`)
  await app.page.getByLabel('Email').fill('ann@example.com')
  await app.page.getByRole('textbox', { name: 'Password' }).fill('not this one, surely')
  await app.page.getByRole('button', { name: 'Sign in' }).click()
  await app.page.getByText('This email and password do not belong together.').waitFor()
  await app.page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await app.page.getByRole('button', { name: 'Sign in' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Products' }).waitFor()
  expect(new URL(app.page.url()).searchParams.get('q')).toBe('pot') // where they wanted to go
})

it('the page to sign in is accessible in the dark theme and on a phone', async () => {
  app = await openApp({ url: own.url, colorScheme: 'dark', viewport: PHONE, expectedStatus: [401] })
  await app.go('/sign-in')
  await app.expectAccessible()
})

it('a provider of OpenID Connect is offered, and people are told when it is of no use', async () => {
  app = await openApp({ url: own.url, expectedStatus: [401] })
  await app.page.goto(`${own.url}/app/sign-in?failed=oidc_user_unknown`)
  await app.page.getByText('Ask an administrator to add you.').waitFor()
  await app.expectAccessible()
  await app.page.getByRole('link', { name: 'Sign in with Example ID' }).click() // nobody answers there
  await app.page.getByText('The other service does not answer.').waitFor()
  expect(new URL(app.page.url()).pathname).toBe('/app/sign-in')
  await app.expectAccessible()
})
