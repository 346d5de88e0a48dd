import type { Product } from '~/api/schema.gen'

/** Where something is, comes from or goes to: a warehouse, or one location of it. */
export interface Place {
  warehouse: string | null
  locationId: number | null
}

export const NOWHERE: Place = { warehouse: null, locationId: null }

/** The place as the API wants it: the location if there is one, else the warehouse. */
export function placeBody(place: Place): { location_id?: number; warehouse?: string } {
  if (place.locationId !== null) return { location_id: place.locationId }
  return place.warehouse === null ? {} : { warehouse: place.warehouse }
}

/** A product and how much of it, as it is filled in. */
export interface Line {
  key: string
  product: Product
  quantity: number | string
  /** What one unit cost, a decimal text; only for what comes in. */
  cost: string
}

/** One more of the product: its line counts up, or it gets one. */
export function oneMore(lines: readonly Line[], product: Product): Line[] {
  const known = lines.find(line => line.product.id === product.id)
  if (!known) return [...lines, { key: crypto.randomUUID(), product, quantity: 1, cost: '' }]
  const quantity = sum(Number(known.quantity) || 0, 1)
  return lines.map(line => (line === known ? { ...line, quantity } : line))
}

/** Quantities have at most six decimals: a sum of floats is brought back to them. */
export function sum(...quantities: readonly number[]): number {
  return Math.round(quantities.reduce((total, quantity) => total + quantity, 0) * 1e6) / 1e6
}

/** Whether every line has a quantity above nothing. */
export function areComplete(lines: readonly Line[]): boolean {
  return lines.length > 0 && lines.every(line => Number(line.quantity) > 0)
}
