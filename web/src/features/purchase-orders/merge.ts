import { type Draft, type DraftLine, isSameLine } from './draft'

/** Whose value is kept. */
export type Side = 'mine' | 'theirs'

/** Something that somebody else has changed since it was read. */
export type Difference = {
  /** Its name in a choice. */
  id: string
  /** Whether it was changed here too, to something else: then somebody has to choose. */
  clash: boolean
} & (
  | { kind: 'warehouse' | 'expectedOn' | 'note'; mine: string; theirs: string }
  | { kind: 'line'; name: string; sku: string; mine: DraftLine | null; theirs: DraftLine | null }
)

/** What others have changed from `base` to `theirs`, and whether it was changed here to something else. */
export function differences(base: Draft, mine: Draft, theirs: Draft): Difference[] {
  const found: Difference[] = []
  for (const kind of ['warehouse', 'expectedOn', 'note'] as const) {
    const [was, here, there] = [base[kind] ?? '', mine[kind] ?? '', theirs[kind] ?? '']
    if (there === was || there === here) continue
    found.push({ id: kind, kind, clash: here !== was, mine: here, theirs: there })
  }
  for (const key of keysOf(base, theirs, mine)) {
    const [was, here, there] = [lineOf(base, key), lineOf(mine, key), lineOf(theirs, key)]
    if (isSameLine(there, was) || isSameLine(there, here)) continue
    const product = (there ?? here ?? was)?.product
    found.push({
      id: key,
      kind: 'line',
      clash: !isSameLine(here, was),
      name: product?.name ?? '',
      sku: product?.sku ?? '',
      mine: here ?? null,
      theirs: there ?? null,
    })
  }
  return found
}

/**
 * Both together: what only one side has changed is as that side has it; where both have, as was chosen, or as it is here.
 * Lines stand in the order that the server has, new ones of this side below.
 */
export function merge(
  base: Draft,
  mine: Draft,
  theirs: Draft,
  chosen: Readonly<Record<string, Side>>,
): Draft {
  const taken = new Set(
    differences(base, mine, theirs)
      .filter(one => !one.clash || chosen[one.id] === 'theirs')
      .map(one => one.id),
  )
  const of = (id: string) => (taken.has(id) ? theirs : mine)
  const lines = keysOf(theirs, mine).flatMap(key => lineOf(of(key), key) ?? [])
  return {
    warehouse: of('warehouse').warehouse,
    expectedOn: of('expectedOn').expectedOn,
    note: of('note').note,
    lines,
  }
}

function keysOf(...drafts: readonly Draft[]): string[] {
  return [...new Set(drafts.flatMap(draft => draft.lines.map(line => line.key)))]
}

function lineOf(draft: Draft, key: string): DraftLine | undefined {
  return draft.lines.find(line => line.key === key)
}
