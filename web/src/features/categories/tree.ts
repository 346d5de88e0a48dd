import type { Category } from '~/api/schema.gen'

/** A category with how deep it stands. */
export interface Branch {
  category: Category
  depth: number
}

/** The categories as a tree is read: each below its parent, siblings by name. What has lost its parent stands at the top. */
export function branchesOf(categories: readonly Category[]): Branch[] {
  const known = new Set(categories.map(one => one.id))
  const below = new Map<number | null, Category[]>()
  for (const category of categories) {
    const parent = category.parent_id != null && known.has(category.parent_id) ? category.parent_id : null
    below.set(parent, [...(below.get(parent) ?? []), category])
  }
  const walk = (parent: number | null, depth: number): Branch[] =>
    (below.get(parent) ?? [])
      .sort((a, b) => a.name.localeCompare(b.name))
      .flatMap(category => [{ category, depth }, ...walk(category.id, depth + 1)])
  return walk(null, 0)
}

/** Where a category may be moved: anywhere but below itself. */
export function possibleParents(categories: readonly Category[], category: Category | null): Category[] {
  const branches = branchesOf(categories)
  if (!category) return branches.map(branch => branch.category)
  const at = branches.findIndex(branch => branch.category.id === category.id)
  const depth = branches[at]?.depth ?? 0
  const after = branches.slice(at + 1)
  const end = after.findIndex(branch => branch.depth <= depth)
  const own = new Set([category.id, ...after.slice(0, end < 0 ? undefined : end).map(one => one.category.id)])
  return branches.map(branch => branch.category).filter(one => !own.has(one.id))
}
