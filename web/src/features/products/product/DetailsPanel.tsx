import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { Panel } from '~/ui/Panel'
import { useUnit } from '~/ui/units'
import classes from './Product.module.css'
import { detailTexts } from './texts'

/** What the product is. */
export function DetailsPanel({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const unit = useUnit()
  const rows: [string, ReactNode][] = [
    [
      t('sku'),
      <span className="code" key="sku">
        {product.sku}
      </span>,
    ],
    [
      t('barcode'),
      product.barcode ? (
        <span className="code" key="barcode">
          {product.barcode}
        </span>
      ) : (
        t('none')
      ),
    ],
    [t('category'), product.category.path],
    [t('unit'), unit(product.unit)],
    [t('created'), format.date(product.created_at)],
    [t('changed'), format.relative(product.updated_at)],
  ]
  return (
    <Panel title={t('details')}>
      <dl className={classes.facts}>
        {rows.map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {product.description && (
        <Text fz="sm" mt="sm" style={{ whiteSpace: 'pre-line' }}>
          {product.description}
        </Text>
      )}
    </Panel>
  )
}
