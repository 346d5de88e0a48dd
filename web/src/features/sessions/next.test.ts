import { expect, it } from 'vitest'
import { ownPath } from './SignInPage'

it.each([
  ['/products?q=pot', '/products?q=pot'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [undefined, '/'],
])('after signing in, %j leads to %j', (next, place) => {
  expect(ownPath(next)).toBe(place)
})
