import { expect, it } from 'vitest'
import { csvOf } from './csv'

it('quotes what has to be quoted, and marks UTF-8', () => {
  const rows = [
    ['name', 'on_hand'],
    ['Tea pot, "blue"', 12.5],
    ['Löffel\nklein', null],
  ]
  expect(csvOf(rows)).toBe('\ufeffname,on_hand\r\n"Tea pot, ""blue""",12.5\r\n"Löffel\nklein",\r\n')
})

it('makes no formula of a name, and keeps negative numbers', () => {
  expect(csvOf([['=1+1', '@x', '+49', '-cmd', '-12.50', -3]])).toBe(
    "\ufeff'=1+1,'@x,'+49,'-cmd,-12.50,-3\r\n",
  )
})
