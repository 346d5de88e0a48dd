import type { NewSupplier, NewSupplierProductCost, Supplier, SupplierChange } from '~/api/schema.gen'

/** The form of a supplier as it is filled in. */
export interface SupplierValues {
  code: string
  name: string
  currency: string
  lead_time_days: number | string
  contact: string
  email: string
  phone: string
  address: string
  payment_terms: string
}

export function valuesOf(supplier: Supplier | null): SupplierValues {
  return {
    code: supplier?.code ?? '',
    name: supplier?.name ?? '',
    currency: supplier?.currency ?? '',
    lead_time_days: supplier?.lead_time_days ?? '',
    contact: supplier?.contact ?? '',
    email: supplier?.email ?? '',
    phone: supplier?.phone ?? '',
    address: supplier?.address ?? '',
    payment_terms: supplier?.payment_terms ?? '',
  }
}

/** What is sent of a new supplier: what was filled in. */
export function supplierOf(values: SupplierValues): NewSupplier {
  const filled = Object.entries(values)
    .map(([field, value]) => [field, typeof value === 'string' ? value.trim() : value] as const)
    .filter(([, value]) => value !== '')
  return Object.fromEntries([
    ...filled.map(([field, value]) => [field, field === 'currency' ? String(value).toUpperCase() : value]),
  ]) as unknown as NewSupplier
}

/** Fields that are taken away by null; the others are never empty, or are empty texts. */
const NULLABLE = ['lead_time_days', 'contact', 'email', 'phone']

/** Only what was changed, so that two people who edit different fields do not undo each other. */
export function changeOf(before: SupplierValues, now: SupplierValues): SupplierChange {
  const fields = Object.keys(now) as (keyof SupplierValues)[]
  const changed = fields.filter(field => String(now[field]).trim() !== String(before[field]))
  return Object.fromEntries(
    changed.map(field => {
      const value = typeof now[field] === 'string' ? now[field].trim() : now[field]
      if (value === '' && NULLABLE.includes(field)) return [field, null]
      return [field, field === 'currency' ? String(value).toUpperCase() : value]
    }),
  ) as SupplierChange
}

/** A price as it is filled in: from a quantity on. */
export interface CostValues {
  min_quantity: number | string
  /** A decimal text. */
  unit_cost: string
}

/** Prices that are complete, by quantity. A line without a price is no price. */
export function costsOf(costs: readonly CostValues[]): NewSupplierProductCost[] {
  return costs
    .filter(cost => cost.unit_cost !== '')
    .map(cost => ({ min_quantity: Number(cost.min_quantity) || 0, unit_cost: cost.unit_cost }))
}
