import { Text } from '@mantine/core'
import type { StockLevel } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useLevels } from './api'
import { type Line, type Place, sum } from './lines'
import { Change, Preview } from './preview'
import classes from './Stock.module.css'
import { stockTexts } from './texts'

interface TransferPreviewProps {
  lines: readonly Line[]
  from: Place
  to: Place
  travel: 'immediate' | 'ship' | 'draft'
}

/** What leaves and what arrives, by the levels as they are now: the server has no dry run of transfers. */
export function TransferPreview({ lines, from, to, travel }: TransferPreviewProps) {
  const complete = lines.filter(line => Number(line.quantity) > 0)
  if (complete.length === 0 || travel === 'draft') return null
  return (
    <Preview error={null}>
      {complete.map(line => (
        <Row key={line.key} line={line} from={from} to={to} arrives={travel === 'immediate'} />
      ))}
    </Preview>
  )
}

function Row({ line, from, to, arrives }: { line: Line; from: Place; to: Place; arrives: boolean }) {
  const t = useTexts(stockTexts)
  const format = useFormat()
  const levels = useLevels(line.product.id).data
  if (!levels) return null
  const quantity = Number(line.quantity)
  const leaving = held(levels, from)
  const arriving = held(levels, to)
  return (
    <div className={classes.previewRow}>
      <span className="code">{line.product.sku}</span>
      <span className={leaving < quantity ? 'bad' : undefined}>
        <Text span fz="xs" c="dimmed">
          {t('from')}{' '}
        </Text>
        <Change before={format.quantity(leaving)} after={format.quantity(sum(leaving, -quantity))} />
        {arrives && (
          <>
            <Text span fz="xs" c="dimmed">
              {' '}
              {t('to')}{' '}
            </Text>
            <Change before={format.quantity(arriving)} after={format.quantity(sum(arriving, quantity))} />
          </>
        )}
      </span>
    </div>
  )
}

function held(levels: readonly StockLevel[], place: Place): number {
  const there = levels.filter(level =>
    place.locationId === null ? level.warehouse === place.warehouse : level.location_id === place.locationId,
  )
  return sum(...there.map(level => level.on_hand))
}
