import { inject } from 'vitest'
import type { NewProduct, Product } from '../src/api/schema.gen'

/** Asks the server beside the app, as another program would. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, headers: { 'Content-Type': 'application/json', ...headers } }
  if (body !== undefined) init.body = JSON.stringify(body)
  const response = await fetch(inject('url') + path, init)
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

let made = 0

/** A product that no other test knows. */
export function makeProduct(given: Partial<NewProduct> = {}): Promise<Product> {
  made += 1
  const sku = `T-${process.pid}-${made}`
  return call('POST', '/products', { sku, name: `Test product ${sku}`, price: '10.00', ...given })
}
