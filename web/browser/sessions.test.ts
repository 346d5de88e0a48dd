import { afterAll, afterEach, it } from 'vitest'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

it('the pages before anybody is signed in are accessible, on a desk and a phone, in both themes', async () => {
  for (const options of [{}, { colorScheme: 'dark' as const }, { viewport: PHONE }]) {
    app = await openApp(options)
    for (const path of ['/sign-in', '/setup']) {
      await app.go(path)
      await app.expectAccessible()
    }
    if (options.viewport === undefined) await app.close()
  }
})
