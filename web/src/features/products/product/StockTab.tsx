import { Badge, Group, Skeleton, Slider, Stack, Text } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { Product, StockLevel } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable } from '~/ui/DataTable'
import { locationKindTexts } from '~/ui/locationKinds'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useUnit } from '~/ui/units'
import { useProductHistory, useProductLevels } from '../details'
import { DetailsPanel } from './DetailsPanel'
import classes from './Product.module.css'
import { detailTexts } from './texts'

const StockChart = lazy(() => import('./StockChart'))
const DAYS = 90
const DAY_MS = 86_400_000

/** Where the product is, now or at an earlier time, how much there was, and what it is. */
export function StockTab({ product }: { product: Product }) {
  const [daysAgo, setDaysAgo] = useState(0)
  const [shown, setShown] = useState(0)
  return (
    <div className={classes.columns}>
      <Stack gap="sm" miw={0}>
        <HistoryPanel product={product} daysAgo={daysAgo} onSlide={setDaysAgo} onSlideEnd={setShown} />
        <LevelsPanel product={product} daysAgo={shown} />
      </Stack>
      <DetailsPanel product={product} />
    </div>
  )
}

interface HistoryPanelProps {
  product: Product
  daysAgo: number
  onSlide: (daysAgo: number) => void
  onSlideEnd: (daysAgo: number) => void
}

/** The slider says as of when the levels below are; the chart shows that moment too. */
function HistoryPanel({ product, daysAgo, onSlide, onSlideEnd }: HistoryPanelProps) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const unit = useUnit()
  const history = useProductHistory(product.id, DAYS)
  const label = (value: number) =>
    value === 0 ? t('now') : `${format.date(daysBefore(-value))} · ${t('daysAgo', { count: -value })}`
  return (
    <Panel
      title={t('overTime')}
      beside={
        <Text fz="sm" component="span">
          <Text span c="dimmed" id="as-of">
            {t('asOf')}
          </Text>{' '}
          <b>{label(-daysAgo)}</b>
        </Text>
      }
    >
      <QueryView query={history} skeleton={<Skeleton height={200} />}>
        {report => (
          <Suspense fallback={<Skeleton height={200} />}>
            <StockChart
              points={report.points}
              unit={product.unit === 'each' ? '' : unit(product.unit)}
              reorderPoint={product.reorder_point ?? null}
              at={daysAgo === 0 ? null : daysBefore(daysAgo)}
            />
          </Suspense>
        )}
      </QueryView>
      <Slider
        mt="sm"
        min={-DAYS}
        max={0}
        value={-daysAgo}
        onChange={value => onSlide(-value)}
        onChangeEnd={value => onSlideEnd(-value)}
        label={null}
        thumbProps={{ 'aria-labelledby': 'as-of', 'aria-valuetext': label(-daysAgo) }}
        size="sm"
      />
    </Panel>
  )
}

/** The end of the day so many days ago: whoever asks for a day wants what was there in the evening. */
function daysBefore(daysAgo: number): Date {
  const day = new Date(Date.now() - daysAgo * DAY_MS)
  day.setHours(23, 59, 59, 0)
  return day
}

function LevelsPanel({ product, daysAgo }: { product: Product; daysAgo: number }) {
  const t = useTexts(detailTexts)
  const kind = useTexts(locationKindTexts)
  const format = useFormat()
  const at = daysAgo === 0 ? null : daysBefore(daysAgo)
  const levels = useProductLevels(product.id, at?.toISOString() ?? null)
  const columns = [
    { title: t('warehouse'), cell: (level: StockLevel) => level.warehouse },
    {
      title: t('location'),
      cell: (level: StockLevel) => (
        <Group gap={6} wrap="nowrap">
          <span className="code">{level.location}</span>
          {level.location_kind !== 'storage' && (
            <Badge size="sm" color="gray">
              {kind(level.location_kind)}
            </Badge>
          )}
        </Group>
      ),
    },
    { title: t('lot'), wide: true as const, cell: (level: StockLevel) => level.lot ?? '' },
    {
      title: t('onHand'),
      align: 'right' as const,
      cell: (level: StockLevel) => <b>{format.quantity(level.on_hand)}</b>,
    },
    {
      title: t('reserved'),
      align: 'right' as const,
      wide: true as const,
      cell: (level: StockLevel) => format.quantity(level.reserved),
    },
    {
      title: t('available'),
      align: 'right' as const,
      cell: (level: StockLevel) => format.quantity(level.available),
    },
    {
      title: t('changed'),
      align: 'right' as const,
      wide: true as const,
      cell: (level: StockLevel) => (
        <Text span fz="xs" c="dimmed">
          {format.relative(level.updated_at)}
        </Text>
      ),
    },
  ]
  return (
    <Panel title={at ? t('levelsAt', { date: format.date(at) }) : t('levels')}>
      <QueryView query={levels}>
        {rows => {
          const held = rows.filter(level => level.on_hand !== 0 || level.reserved !== 0)
          return held.length > 0 ? (
            <DataTable
              label={t('levels')}
              columns={columns}
              rows={held}
              rowKey={level => `${level.location_id} ${level.lot}`}
            />
          ) : (
            <Text c="dimmed" fz="sm">
              {t('noLevels')}
            </Text>
          )
        }}
      </QueryView>
    </Panel>
  )
}
