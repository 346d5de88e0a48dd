import { Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Product, ProductChange } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import type { GridColumn } from '~/ui/DataGrid'
import { RowLink } from '~/ui/RowLink'
import classes from './columns.module.css'
import { InlineEdit } from './InlineEdit'
import { productTexts } from './texts'

/** The columns of the list of products. */
export function useProductColumns(): GridColumn<Product>[] {
  const format = useFormat()
  const t = useTexts(productTexts)
  return useMemo(() => {
    const quantity = (
      id: string,
      title: string,
      of: (product: Product) => number | null,
    ): GridColumn<Product> => ({
      id,
      title,
      width: '6rem',
      align: 'right',
      cell: product => {
        const value = of(product)
        return (
          <span className={value ? undefined : classes.zero}>
            {value === null ? '–' : format.quantity(value)}
          </span>
        )
      },
    })
    return [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(11rem, 3fr)',
        from: 'phone',
        sortable: true,
        cell: product => (
          <div className={classes.name}>
            <RowLink to={`/products/${product.id}`} className={classes.link}>
              {product.name}
            </RowLink>
            <span className={classes.below}>{product.sku}</span>
          </div>
        ),
      },
      {
        id: 'sku',
        title: t('sku'),
        width: 'minmax(7rem, 1fr)',
        sortable: true,
        cell: product => <span className="code">{product.sku}</span>,
      },
      {
        id: 'category',
        title: t('category'),
        width: 'minmax(7rem, 1.4fr)',
        cell: product => (
          <Text span fz="sm" c="dimmed" title={product.category.path}>
            {product.category.name}
          </Text>
        ),
      },
      {
        id: 'barcode',
        title: t('barcode'),
        width: '9rem',
        cell: product => <span className="code">{product.barcode ?? ''}</span>,
      },
      {
        id: 'price',
        title: t('price'),
        width: '7.5rem',
        align: 'right',
        from: 'tablet',
        sortable: true,
        cell: product => (
          <InlineEdit
            product={product}
            label={t('price')}
            value={format.amountText(product.price ?? '')}
            changeOf={text => priceChange(format.amountOf(text))}
          >
            {product.price == null ? '–' : format.money(product.price, product.currency ?? null)}
          </InlineEdit>
        ),
      },
      quantity('on_hand', t('onHand'), product => product.on_hand),
      quantity('reserved', t('reserved'), product => product.reserved),
      {
        ...quantity('available', t('available'), product => product.available),
        width: '7.5rem', // the unit has its place behind the figure
        from: 'phone',
        cell: product => <Available product={product} text={format.quantity(product.available)} />,
      },
      quantity('incoming', t('incoming'), product => product.incoming),
      quantity('in_transit', t('inTransit'), product => product.in_transit),
      {
        ...quantity('reorder_point', t('reorderPoint'), product => product.reorder_point ?? null),
        width: '7rem',
        from: 'tablet',
        cell: product => (
          <InlineEdit
            product={product}
            label={t('reorderPoint')}
            value={product.reorder_point == null ? '' : format.amountText(String(product.reorder_point))}
            changeOf={text => reorderChange(format.amountOf(text))}
          >
            {product.reorder_point == null ? '–' : format.quantity(product.reorder_point)}
          </InlineEdit>
        ),
      },
      {
        id: 'updated_at',
        title: t('updated'),
        width: '8.5rem',
        align: 'right',
        sortable: true,
        cell: product => (
          <Text span fz="sm" c="dimmed">
            {format.date(product.updated_at)}
          </Text>
        ),
      },
    ]
  }, [t, format])
}

function priceChange(price: string): ProductChange | null {
  return /^\d+(\.\d+)?$/.test(price) ? { price } : null
}

/** Emptied: it has none any more. */
function reorderChange(text: string): ProductChange | null {
  if (text === '') return { reorder_point: null }
  const amount = Number(text)
  return Number.isFinite(amount) && amount >= 0 ? { reorder_point: amount } : null
}

/** Whether it is time to order: as `/low-stock` sees it. */
export function isLow(product: Product): boolean {
  return product.reorder_point != null && product.available <= product.reorder_point
}

function Available({ product, text }: { product: Product; text: string }) {
  const state = product.available <= 0 ? 'out' : isLow(product) ? 'low' : 'fine'
  return (
    <span className={classes.available} data-state={state}>
      {text}
      <span className={classes.unit}>{product.unit === 'each' ? '' : product.unit}</span>
    </span>
  )
}
