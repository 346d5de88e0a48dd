import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Location, Product, StockLevel } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { code128, ean13, film } from './barcodes'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'
import { ordered } from './purchasing'

/** A barcode of this run alone, with its check digit. */
function someEan13(): string {
  const twelve = `2${String(process.pid).padStart(5, '0').slice(-5)}${String(Date.now() % 1_000_000).padStart(6, '0')}`
  const sum = [...twelve].reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1), 0)
  return `${twelve}${(10 - (sum % 10)) % 10}`
}

let app: AppPage
let folder: string
let shelf: Location
let product: Product
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stockbook-camera-'))
  const code = `CAM-${process.pid % 1000}`
  shelf = await call('POST', '/locations', { warehouse: 'MAIN', code, kind: 'storage' })
  product = await makeProduct({ barcode: someEan13() })
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  rmSync(folder, { recursive: true, force: true })
})

async function openCamera(camera: string): Promise<void> {
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true, camera })
  await app.go('/scan?mode=receive')
  await app.page.getByRole('button', { name: 'Camera' }).tap()
}

async function held(): Promise<number> {
  const { items } = await call<{ items: StockLevel[] }>('GET', `/products/${product.id}/levels`)
  return items.find(level => level.location_id === shelf.id)?.on_hand ?? 0
}

it('reads the label of a shelf and a barcode, each once as long as it is held, and again when it comes again', async () => {
  const path = join(folder, 'both.y4m')
  film(path, [code128(shelf.code), ean13(product.barcode ?? '')])
  await openCamera(path)
  const started = Date.now()
  await app.page.getByRole('button', { name: new RegExp(shelf.code) }).waitFor({ timeout: 20_000 })
  await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor({ timeout: 20_000 })
  // At its end, where the bar with the buttons covers nothing.
  await app.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await app.expectAccessible()
  await app.page.getByText('2 units of 1 product', { exact: true }).waitFor({ timeout: 20_000 })
  // The film takes 4.8 s: a code that is held counts once in it, however often it is looked at.
  const rounds = Math.ceil((Date.now() - started) / 4800) + 1
  const counted = Number(
    /^(\d+) units? of/.exec((await app.page.getByText(/^\d+ units? of 1 product$/).textContent()) ?? '')?.[1],
  )
  expect(counted).toBeLessThanOrEqual(rounds)
  await app.page.getByRole('button', { name: 'Close camera' }).tap()
  await app.page.getByLabel('What the camera sees').waitFor({ state: 'detached' })
  await app.page.getByRole('button', { name: 'Finish' }).tap()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).tap()
  await app.page.getByText('Everything that was scanned is entered.').waitFor()
  expect(await held()).toBeGreaterThanOrEqual(2)
})

it('receives an order that is held before the camera', async () => {
  const order = await ordered([product], 3)
  const path = join(folder, 'order.y4m')
  film(path, [ean13(product.barcode ?? '')])
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true, camera: path })
  await app.go(`/purchase-orders/${order.id}/receive`)
  await app.page.getByRole('button', { name: 'Camera' }).tap()
  await app.page.getByText(`${product.name}: 1 of 3`).waitFor({ timeout: 20_000 })
  await app.page.getByText(`${product.name}: 2 of 3`).waitFor({ timeout: 20_000 })
})

it('asks the browser’s own detector where there is one', async () => {
  const path = join(folder, 'native.y4m')
  film(path, [ean13(product.barcode ?? '')])
  app = await openApp({ camera: path })
  // What phones have and Chromium on Linux has not: it sees dark bars in the middle of the picture, as the film shows them.
  await app.page.addInitScript(code => {
    const seen = { formats: [] as string[], looked: 0 }
    class BarcodeDetector {
      static async getSupportedFormats() {
        return ['ean_13', 'code_128']
      }
      constructor({ formats }: { formats: string[] }) {
        seen.formats = formats
      }
      async detect(video: HTMLVideoElement) {
        seen.looked += 1
        const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
        const context = canvas.getContext('2d')
        context?.drawImage(video, 0, 0)
        const row = context?.getImageData(0, video.videoHeight / 2, video.videoWidth, 1).data ?? []
        const dark = row.some((value, at) => at % 4 === 0 && value < 80)
        return dark ? [{ rawValue: code }] : []
      }
    }
    Object.assign(window, { BarcodeDetector, seen })
  }, product.barcode ?? '')
  const loaded: string[] = []
  app.page.on('request', request => loaded.push(request.url()))
  await app.go('/scan?mode=lookup')
  await app.page.getByRole('button', { name: 'Camera' }).click()
  await app.page.getByRole('heading', { name: product.name }).waitFor({ timeout: 20_000 })
  const seen = await app.page.evaluate(() => (window as never as { seen: { formats: string[] } }).seen)
  expect(seen.formats).toEqual(['ean_13', 'code_128'])
  expect(loaded.filter(url => url.endsWith('.wasm'))).toEqual([])
})

it('says what to do when it may not look', async () => {
  app = await openApp()
  await app.go('/scan')
  await app.page.getByRole('button', { name: 'Camera' }).click()
  await app.page
    .getByRole('alert')
    .getByText(/^The camera cannot be used/)
    .waitFor()
  await app.expectAccessible()
})
