import { sum } from '~/features/stock/lines'

export const MODES = ['lookup', 'count', 'receive', 'issue', 'move'] as const
/** What scans are for. */
export type Mode = (typeof MODES)[number]

/** A location, or a warehouse as a whole: then its default location. */
export interface ScanPlace {
  warehouse: string
  locationId: number | null
  location: string | null
}

/** What has to be known of a product to count it without asking again. */
export interface KnownProduct {
  id: number
  sku: string
  name: string
  unit: string
}

/** How much of a product was scanned at one place. */
export interface ScanLine {
  /** What was scanned. */
  code: string
  /** Null while the server could not be asked what the code is. */
  product: KnownProduct | null
  quantity: number
  place: ScanPlace | null
  /** Its lot, if somebody has named it. */
  lot: string | null
  /** Where it goes, if it is moved. */
  to: ScanPlace | null
  /** What the system thought was there when it was scanned first; null if that is not known. */
  expected: number | null
}

/** What somebody is scanning: kept by the browser, so that a page that is closed by mistake loses nothing. */
export interface ScanSession {
  mode: Mode
  /** What the lines are for: the last mode that was no looking up; null if that is not known. */
  purpose: Mode | null
  /** When it is entered: each scan at once, or all of them at the end. */
  commit: 'each' | 'end'
  place: ScanPlace | null
  to: ScanPlace | null
  /** The lot of which the next scan of a product is, by its key. */
  lots: Readonly<Record<number, string | null>>
  lines: readonly ScanLine[]
  /** Lines as they were before each scan, the last one at the end: what undo goes back to. */
  before: readonly (readonly ScanLine[])[]
}

export const NEW_SESSION: ScanSession = {
  mode: 'lookup',
  purpose: null,
  commit: 'end',
  place: null,
  to: null,
  lots: {},
  lines: [],
  before: [],
}

const UNDO_MAX = 50

/** Whether scans can be for this now: what was scanned for one purpose is not entered for another, but looking up is possible any time. */
export function canBe(session: ScanSession, mode: Mode): boolean {
  return mode === 'lookup' || session.lines.length === 0 || (session.purpose ?? mode) === mode
}

/** What scans are for from now on. While something is looked up, the lines wait. */
export function withMode(session: ScanSession, mode: Mode): ScanSession {
  if (mode === 'lookup' || mode === session.purpose) return { ...session, mode }
  // What was undone of another purpose does not come back.
  return { ...session, mode, purpose: mode, before: [] }
}

/** A scan of a product, or the typed quantity of it: its line counts up, the newest line stands first. */
export function addScan(session: ScanSession, scan: Omit<ScanLine, 'place' | 'to' | 'lot'>): ScanSession {
  const to = session.mode === 'move' ? session.to : null
  const added: ScanLine = { ...scan, place: session.place, to, lot: lotNow(session, scan.product) }
  const known = session.lines.find(line => isSame(line, added))
  const line: ScanLine = known
    ? { ...known, product: known.product ?? added.product, quantity: sum(known.quantity, added.quantity) }
    : added
  return withLines(session, [line, ...session.lines.filter(one => one !== known)])
}

/** The lot of which the next scan of this product is. */
export function lotNow(session: ScanSession, product: KnownProduct | null): string | null {
  return (product && session.lots[product.id]) ?? null
}

/**
 * What was scanned of this line is of that lot, and so is what comes next of its product. `expected` is what the system says
 * is there of the lot. Two lines that are the same then are one.
 */
export function nameLot(
  session: ScanSession,
  line: ScanLine,
  lot: string | null,
  expected: number | null,
): ScanSession {
  const named: ScanLine = { ...line, lot, expected }
  const same = session.lines.find(one => one !== line && isSame(one, named))
  const both = same ? { ...named, quantity: sum(same.quantity, line.quantity) } : named
  const lines = session.lines.filter(one => one !== same).map(one => (one === line ? both : one))
  const lots = line.product ? { ...session.lots, [line.product.id]: lot } : session.lots
  return { ...withLines(session, lines), lots }
}

/** What comes next of the product of this line is of a lot that nobody has named yet. */
export function nextLot(session: ScanSession, line: ScanLine): ScanSession {
  return line.product ? { ...session, lots: { ...session.lots, [line.product.id]: null } } : session
}

/** Lines of a product that is counted by lots where nobody has named the lot: as they are, they would count the others too. */
export function unnamed(lines: readonly ScanLine[]): ScanLine[] {
  return lines.filter(
    line =>
      line.lot === null &&
      lines.some(
        one => one.lot !== null && one.product?.id === line.product?.id && isSamePlace(one.place, line.place),
      ),
  )
}

/** Types the quantity of a line; nothing takes it away. */
export function setQuantity(session: ScanSession, line: ScanLine, quantity: number): ScanSession {
  const lines = session.lines.map(one => (one === line ? { ...one, quantity } : one))
  // A count of nothing is a count; nothing received is not.
  return withLines(session, session.mode === 'count' ? lines : lines.filter(one => one.quantity > 0))
}

export function removeLine(session: ScanSession, line: ScanLine): ScanSession {
  return withLines(
    session,
    session.lines.filter(one => one !== line),
  )
}

/** As it was before the last scan; the same if there was none. */
export function undoLast(session: ScanSession): ScanSession {
  const lines = session.before.at(-1)
  return lines ? { ...session, lines, before: session.before.slice(0, -1) } : session
}

/**
 * A label of a location was scanned. To move, the first one is where things leave, and every next one where they arrive, so
 * that a pallet is put away into many places.
 */
export function atPlace(session: ScanSession, place: ScanPlace): ScanSession {
  if (session.mode !== 'move' || session.place === null) return { ...session, place }
  return { ...session, to: place }
}

/** How many units of how many products. */
export function totalsOf(lines: readonly ScanLine[]): { units: number; products: number } {
  return {
    units: sum(...lines.map(line => line.quantity)),
    products: new Set(lines.map(line => line.product?.id ?? line.code)).size,
  }
}

function isSame(one: ScanLine, other: ScanLine): boolean {
  const product = one.product && other.product ? one.product.id === other.product.id : one.code === other.code
  return (
    product && one.lot === other.lot && isSamePlace(one.place, other.place) && isSamePlace(one.to, other.to)
  )
}

export function isSamePlace(one: ScanPlace | null, other: ScanPlace | null): boolean {
  return one?.warehouse === other?.warehouse && one?.locationId === other?.locationId
}

function withLines(session: ScanSession, lines: readonly ScanLine[]): ScanSession {
  return { ...session, lines, before: [...session.before, session.lines].slice(-UNDO_MAX) }
}
