import type { NewProduct, Product, ProductChange } from '~/api/schema.gen'

/** Units that are often used; any short word may be one. Only `each` takes whole numbers alone. */
export const UNITS = ['each', 'kg', 'g', 'l', 'ml', 'm', 'box', 'pack']

/** The form as it is filled in. */
export interface FormValues {
  name: string
  sku: string
  barcode: string
  /** A decimal text. */
  price: string
  category_id: string | null
  unit: string
  reorder_point: number | string
  description: string
  on_hand: number | string
  warehouse: string | null
}

export function valuesOf(product: Product | null): FormValues {
  return {
    name: product?.name ?? '',
    sku: product?.sku ?? '',
    barcode: product?.barcode ?? '',
    price: product?.price ?? '',
    category_id: product ? String(product.category.id) : null,
    unit: product?.unit ?? 'each',
    reorder_point: product?.reorder_point ?? '',
    description: product?.description ?? '',
    on_hand: '',
    warehouse: null,
  }
}

function numberOr<T>(value: number | string, none: T): number | T {
  return value === '' ? none : Number(value)
}

export function newProductOf(values: FormValues): NewProduct {
  const opening = numberOr(values.on_hand, null)
  return {
    sku: values.sku.trim(),
    name: values.name.trim(),
    price: values.price,
    unit: values.unit,
    ...(values.barcode.trim() && { barcode: values.barcode.trim() }),
    ...(values.category_id && { category_id: Number(values.category_id) }),
    ...(values.description.trim() && { description: values.description.trim() }),
    ...(values.reorder_point !== '' && { reorder_point: Number(values.reorder_point) }),
    ...(opening !== null && { on_hand: opening }),
    ...(opening !== null && values.warehouse && { warehouse: values.warehouse }),
  }
}

/** Only what was changed, so that two people who edit different fields do not undo each other. */
export function changeOf(before: FormValues, now: FormValues): ProductChange {
  const change: ProductChange = {}
  if (now.name !== before.name) change.name = now.name.trim()
  if (now.sku !== before.sku) change.sku = now.sku.trim()
  if (now.barcode !== before.barcode) change.barcode = now.barcode.trim() || null
  if (now.price !== before.price) change.price = now.price
  if (now.category_id !== before.category_id && now.category_id) change.category_id = Number(now.category_id)
  if (now.unit !== before.unit) change.unit = now.unit
  if (String(now.reorder_point) !== String(before.reorder_point)) {
    change.reorder_point = numberOr(now.reorder_point, null)
  }
  if (now.description !== before.description) change.description = now.description.trim()
  return change
}
