import type { KnownProduct, ScanLine, ScanPlace, ScanSession } from './session'
import { isSamePlace } from './session'

/** What of a line the server has to know. */
export type JobLine = Pick<ScanLine, 'code' | 'product' | 'quantity' | 'place'> &
  Partial<Pick<ScanLine, 'lot'>>

/** One thing to be entered: one request. */
export type Work =
  | { kind: 'receipt' | 'issue'; lines: JobLine[]; reference: string }
  | { kind: 'move'; from: ScanPlace; to: ScanPlace; lines: JobLine[]; reference: string }
  | { kind: 'count'; line: JobLine; expected: number | null; reason: string }
  | { kind: 'undo'; of: string; reason: string }

/** How far a job is. */
export type JobState = 'waiting' | 'done' | 'refused'

/** Something to be entered, kept by the browser until the server has it. Its key makes it happen once, however often it is sent. */
export interface Job {
  key: string
  /** Who scanned it: it is sent in nobody else's name. */
  owner: string
  /** Milliseconds since 1970: jobs are sent in this order. */
  at: number
  work: Work
  state: JobState
  /** How often it was sent. */
  tries: number
  /** What the server has made of it. */
  movementId: number | null
  /** What is on hand after it, if it was one product. */
  after: number | null
  problem: { code: string; message: string; onHand: number | null } | null
}

/** A request to the API. */
export interface JobRequest {
  path: '/stock-movements' | '/stock-transfers' | '/stock-adjustments' | `/stock-movements/${number}/reverse`
  body: Record<string, unknown>
}

export const NOTHING_TO_UNDO = 'nothing'

/** The request of a job. Its products have to be known. The same job gives the same request, or its key would be refused. */
export function requestOf(work: Work, jobs: readonly Job[]): JobRequest | typeof NOTHING_TO_UNDO {
  switch (work.kind) {
    case 'receipt':
    case 'issue': {
      const lines = work.lines.map(line => ({ ...whatOf(line), ...whereOf(line.place) }))
      return { path: '/stock-movements', body: { kind: work.kind, lines, ...referenceOf(work.reference) } }
    }
    case 'move':
      return {
        path: '/stock-transfers',
        body: {
          from: whereOf(work.from),
          to: whereOf(work.to),
          immediate: true,
          lines: work.lines.map(whatOf),
          ...referenceOf(work.reference),
        },
      }
    case 'count':
      return {
        path: '/stock-adjustments',
        body: {
          product_id: work.line.product?.id,
          ...whereOf(work.line.place),
          counted: work.line.quantity,
          ...lotOf(work.line),
          reason: work.reason,
          ...(work.expected !== null && { expected_on_hand: work.expected }),
        },
      }
    case 'undo': {
      const job = jobs.find(one => one.key === work.of)
      if (job?.state !== 'done') return NOTHING_TO_UNDO
      if (job.work.kind === 'move') {
        const { from, to, lines } = job.work
        return requestOf({ kind: 'move', from: to, to: from, lines, reference: '' }, jobs)
      }
      if (job.movementId === null) return NOTHING_TO_UNDO
      return { path: `/stock-movements/${job.movementId}/reverse`, body: { reason: work.reason } }
    }
  }
}

/** What was scanned, as the requests that enter it: one movement, a transfer for each pair of places, or each count. */
export function worksOf(
  session: ScanSession,
  lines: readonly ScanLine[],
  { reference, reason }: { reference: string; reason: string },
): Work[] {
  if (session.mode === 'receive') return [{ kind: 'receipt', lines: lines.map(jobLine), reference }]
  if (session.mode === 'issue') return [{ kind: 'issue', lines: lines.map(jobLine), reference }]
  if (session.mode === 'count') {
    return lines.map(line => ({ kind: 'count', line: jobLine(line), expected: line.expected, reason }))
  }
  const moves: Extract<Work, { kind: 'move' }>[] = []
  for (const line of lines) {
    const { place, to } = line
    if (session.mode !== 'move' || !place || !to) continue
    const known = moves.find(move => isSamePlace(move.from, place) && isSamePlace(move.to, to))
    if (known) known.lines.push(jobLine(line))
    else moves.push({ kind: 'move', from: place, to, lines: [jobLine(line)], reference })
  }
  return moves
}

/** The codes of a job of which nobody knows yet what they are. */
export function unknownCodes(work: Work): string[] {
  return linesOf(work).flatMap(line => (line.product === null ? [line.code] : []))
}

/** The same work, now that these codes are known. */
export function withProducts(work: Work, products: ReadonlyMap<string, KnownProduct>): Work {
  const known = <L extends JobLine>(line: L): L => ({
    ...line,
    product: line.product ?? products.get(line.code) ?? null,
  })
  if (work.kind === 'undo') return work
  if (work.kind === 'count') return { ...work, line: known(work.line) }
  return { ...work, lines: work.lines.map(known) }
}

export function linesOf(work: Work): readonly JobLine[] {
  if (work.kind === 'undo') return []
  return work.kind === 'count' ? [work.line] : work.lines
}

function jobLine({ code, product, quantity, place, lot }: ScanLine): JobLine {
  return { code, product, quantity, place, lot }
}

function whatOf(line: JobLine): { product_id: number | undefined; quantity: number; lot?: string } {
  return { product_id: line.product?.id, quantity: line.quantity, ...lotOf(line) }
}

function lotOf(line: JobLine): { lot?: string } {
  return line.lot ? { lot: line.lot } : {}
}

function whereOf(place: ScanPlace | null): { location_id?: number; warehouse?: string } {
  if (!place) return {}
  return place.locationId === null ? { warehouse: place.warehouse } : { location_id: place.locationId }
}

function referenceOf(reference: string): { reference?: string } {
  return reference.trim() ? { reference: reference.trim() } : {}
}
