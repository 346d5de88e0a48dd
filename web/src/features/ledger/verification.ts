import type { LedgerDifference, LedgerVerification } from '~/api/schema.gen'

/** What was found so far, over as many requests as it takes. */
export interface Progress {
  checked: LedgerVerification['checked']
  differences: readonly LedgerDifference[]
  truncated: boolean
  finished: boolean
}

export const NOTHING_YET: Progress = {
  checked: { products: 0, levels: 0, movements: 0, entries: 0 },
  differences: [],
  truncated: false,
  finished: false,
}

/** The part that another request has found is added. */
export function withPart(before: Progress, part: LedgerVerification): Progress {
  return {
    checked: {
      products: before.checked.products + part.checked.products,
      levels: before.checked.levels + part.checked.levels,
      movements: before.checked.movements + part.checked.movements,
      entries: before.checked.entries + part.checked.entries,
    },
    differences: [...before.differences, ...part.differences],
    truncated: before.truncated || part.truncated,
    finished: part.next_after == null,
  }
}

/** The end of the chain of a level, as it is exported. */
export interface Head {
  product_id: number
  location_id: number
  lot: string | null
  seq: number
  chain: string
}

const keyOf = (head: Head) => JSON.stringify([head.product_id, head.location_id, head.lot])

/** What a file of heads has; null if it is none. */
export function parseHeads(text: string): Head[] | null {
  try {
    const file: unknown = JSON.parse(text)
    const items = Array.isArray(file) ? file : (file as { items?: unknown } | null)?.items
    if (!Array.isArray(items)) return null
    const isHead = (head: Partial<Head> | null) =>
      Number.isSafeInteger(head?.product_id) &&
      Number.isSafeInteger(head?.location_id) &&
      Number.isSafeInteger(head?.seq) &&
      typeof head?.chain === 'string'
    if (!items.every(isHead)) return null
    return items.map((head: Head) => ({ ...head, lot: head.lot ?? null }))
  } catch {
    return null
  }
}

/** What is wrong with a level that was noted earlier. */
export interface Mismatch {
  head: Head
  /** `gone`: no such level; `shorter`: entries were cut off; `other`: the same number of entries, written anew. */
  kind: 'gone' | 'shorter' | 'other'
}

/**
 * Compares heads that were noted with those of now. A level that has grown since is well as far as this can see: whether
 * its past is the same is what verification by the command line says, which reads its entries.
 */
export function compareHeads(
  noted: readonly Head[],
  now: readonly Head[],
): { mismatches: Mismatch[]; same: number; grown: number } {
  const levels = new Map(now.map(head => [keyOf(head), head]))
  const mismatches: Mismatch[] = []
  let same = 0
  let grown = 0
  for (const head of noted) {
    const level = levels.get(keyOf(head))
    if (!level) mismatches.push({ head, kind: 'gone' })
    else if (level.seq < head.seq) mismatches.push({ head, kind: 'shorter' })
    else if (level.seq > head.seq) grown += 1
    else if (level.chain === head.chain) same += 1
    else mismatches.push({ head, kind: 'other' })
  }
  return { mismatches, same, grown }
}
