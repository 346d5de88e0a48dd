import { vi } from 'vitest'
import type { Role, User } from '../src/api/schema.gen'
import { type AppPage, openApp } from './harness'
import type { Server } from './server'

export const PASSWORD = 'a long enough pass phrase'

/** A shop where people sign in: `Ann Lee` is its first admin. */
export interface Shop {
  server: Server
  /** Asks the server as the admin, as her browser does. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Somebody who has chosen `PASSWORD`, with the address `<name>@example.com`. */
  makePerson(name: string, role: Role, warehouses?: string[] | null): Promise<User>
  /** A browser in which they are signed in. */
  openAs(email: string, options?: Parameters<typeof openApp>[0]): Promise<AppPage>
}

export const ADMIN = 'ann@example.com'

/** Makes the first admin with the token that the server has printed. */
export async function openShop(server: Server): Promise<Shop> {
  const token = await vi.waitUntil(() => /token\n\s+(\S+)/.exec(server.said())?.[1], { timeout: 60_000 })
  const setup = { token, email: ADMIN, name: 'Ann Lee', password: PASSWORD }
  const cookie = cookieOf(await send(server.url, 'POST', '/setup', setup))
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(server.url, method, path, body, cookie)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  return {
    server,
    call,
    async makePerson(name, role, warehouses = null) {
      const email = `${name.toLowerCase()}@example.com`
      const user = await call<User>('POST', '/users', { name, email, role, warehouses })
      const { token } = await call<{ token: string }>('POST', `/users/${user.id}/password-reset-tokens`)
      await call('POST', '/password-resets', { token, new_password: PASSWORD })
      return user
    },
    async openAs(email, options = {}) {
      const app = await openApp({ url: server.url, ...options })
      const cookie = cookieOf(await send(server.url, 'POST', '/sessions', { email, password: PASSWORD }))
      const [name = '', value = ''] = cookie.split('=')
      await app.context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Strict' }])
      return app
    },
  }
}

async function send(url: string, method: string, path: string, body?: unknown, cookie?: string) {
  const headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method === 'PATCH' || method === 'DELETE') headers['If-Match'] = '*'
  if (cookie) headers.Cookie = cookie
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}

function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}
