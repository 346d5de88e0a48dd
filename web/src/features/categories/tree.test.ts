import { expect, it } from 'vitest'
import type { Category } from '~/api/schema.gen'
import { branchesOf, possibleParents } from './tree'

const category = (id: number, name: string, parent_id: number | null) => ({ id, name, parent_id }) as Category
const all = [
  category(1, 'Kitchen', null),
  category(2, 'Pots', 1),
  category(3, 'Kettles', 1),
  category(4, 'Garden', null),
  category(5, 'Whistling', 3),
  category(6, 'Lost', 99),
]

it('reads as a tree: each below its parent, siblings by name', () => {
  expect(branchesOf(all).map(branch => `${branch.depth} ${branch.category.name}`)).toEqual([
    '0 Garden',
    '0 Kitchen',
    '1 Kettles',
    '2 Whistling',
    '1 Pots',
    '0 Lost',
  ])
})

it('nothing is moved below itself', () => {
  const names = (id: number) =>
    possibleParents(all, all.find(one => one.id === id) ?? null).map(one => one.name)
  expect(names(3)).toEqual(['Garden', 'Kitchen', 'Pots', 'Lost'])
  expect(names(1)).toEqual(['Garden', 'Lost'])
  expect(names(5)).toEqual(['Garden', 'Kitchen', 'Kettles', 'Pots', 'Lost'])
  expect(possibleParents(all, null).length).toBe(6)
})
