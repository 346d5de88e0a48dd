import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useProduct } from '~/features/products/api'
import { useLevels } from '~/features/stock/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import classes from './Scan.module.css'
import { scanTexts } from './texts'

/** Where the product is that was scanned: kept up to date by the change feed. */
export function FoundProduct({ id }: { id: number }) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const product = useProduct(id).data
  const levels = useLevels(id)
  if (!product) return null
  return (
    <Panel
      title={product.name}
      beside={
        <Anchor component={Link} to={`/products/${id}`} fz="sm" className="code">
          {product.sku}
        </Anchor>
      }
    >
      <div className={classes.found}>
        <span className={classes.foundFigure}>{format.quantity(product.on_hand)}</span>
        <Text c="dimmed">
          {t('onHand', {
            quantity: format.quantity(product.on_hand),
            available: format.quantity(product.available),
          })}
        </Text>
      </div>
      <QueryView query={levels}>
        {rows => {
          const held = rows.filter(row => row.on_hand > 0)
          if (held.length === 0) {
            return (
              <Text fz="sm" c="dimmed">
                {t('nowhere')}
              </Text>
            )
          }
          return (
            <ul className={classes.lines}>
              {held.map(row => (
                <li key={`${row.location_id} ${row.lot}`} className={classes.line}>
                  <span className={classes.lineName}>
                    <b className="code">{row.location}</b>{' '}
                    <Text span fz="sm" c="dimmed">
                      {row.warehouse}
                      {row.lot && ` · ${row.lot}`}
                    </Text>
                  </span>
                  <b className={`num ${classes.foundAt}`}>{format.quantity(row.on_hand)}</b>
                </li>
              ))}
            </ul>
          )
        }}
      </QueryView>
    </Panel>
  )
}
