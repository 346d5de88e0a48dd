import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { touchedBy } from './live'

const document = JSON.parse(readFileSync('../openapi.json', 'utf8'))
const types: string[] = document.components.schemas.EventType.enum

it.each(types)('%s has something read anew', type => {
  expect(touchedBy(type).length).toBeGreaterThan(0)
})

it('passes over what it does not know', () => {
  expect(touchedBy('moon.full')).toEqual([])
})
