import { stored } from '~/stored'

/** Columns that somebody has hidden; at first those that few need. */
export const hiddenColumns = stored<readonly string[]>(
  'stockbook-product-columns-hidden',
  ['barcode', 'reserved', 'in_transit', 'updated_at'],
  value => (Array.isArray(value) ? value.map(String) : undefined),
)
