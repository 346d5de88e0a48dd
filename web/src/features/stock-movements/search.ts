import type { MovementKind } from '~/api/schema.gen'

/** What the list of movements shows, as it stands in the address. */
export interface MovementSearch {
  kind?: MovementKind
  warehouse?: string
  reference?: string
}

export const KINDS: readonly MovementKind[] = [
  'receipt',
  'issue',
  'adjustment',
  'count',
  'return_in',
  'return_out',
  'transfer',
  'transfer_out',
  'transfer_in',
  'reserve',
  'release',
  'fulfil',
  'expire',
  'reversal',
]

/** Reads the address; what it does not understand is left out. */
export function parseMovementSearch(raw: Record<string, unknown>): MovementSearch {
  const search: MovementSearch = {}
  const kind = KINDS.find(one => one === raw.kind)
  if (kind) search.kind = kind
  if (typeof raw.warehouse === 'string' && raw.warehouse !== '') search.warehouse = raw.warehouse
  const reference = raw.reference === undefined ? '' : String(raw.reference)
  if (reference !== '') search.reference = reference
  return search
}
