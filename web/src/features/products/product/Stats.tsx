import type { ReactNode } from 'react'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { isLow } from '../columns'
import classes from './Product.module.css'
import { detailTexts } from './texts'

/** The figures of a product at a glance. */
export function Stats({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const unit = product.unit === 'each' ? '' : ` ${product.unit}`
  const amount = (value: number) => `${format.quantity(value)}${unit}`
  const tone = product.available <= 0 ? 'bad' : isLow(product) ? 'warn' : undefined
  const reorder =
    product.reorder_point == null ? t('noReorder') : t('reorderAt', { count: product.reorder_point })
  return (
    <div className={classes.stats}>
      <Stat
        name={t('available')}
        value={<span className={tone}>{amount(product.available)}</span>}
        hint={reorder}
      />
      <Stat name={t('onHand')} value={amount(product.on_hand)} />
      <Stat name={t('reserved')} value={amount(product.reserved)} />
      <Stat name={t('incoming')} value={amount(product.incoming)} />
      <Stat name={t('inTransit')} value={amount(product.in_transit)} />
      <Stat
        name={t('price')}
        value={product.price == null ? t('none') : format.money(product.price, product.currency ?? null)}
      />
    </div>
  )
}

function Stat({ name, value, hint }: { name: string; value: ReactNode; hint?: string }) {
  return (
    <div className={classes.stat}>
      <div className={classes.statName}>{name}</div>
      <div className={classes.statValue}>{value}</div>
      {hint && <div className={classes.statHint}>{hint}</div>}
    </div>
  )
}
