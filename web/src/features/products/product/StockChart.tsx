import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import type { StockHistory } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { detailTexts } from './texts'

interface StockChartProps {
  points: StockHistory['points']
  unit: string
  reorderPoint: number | null
  /** The moment that is looked at. */
  at: Date | null
}

/** What was on hand, as steps: stock does not flow. */
export default function StockChart({ points, unit, reorderPoint, at }: StockChartProps) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const name = t('onHand')
  const rows = points.map(point => ({ at: new Date(point.at).getTime(), [name]: point.on_hand }))
  const lines = [
    ...(reorderPoint === null
      ? []
      : [{ y: reorderPoint, color: 'var(--sb-warn)', label: t('reorderAt', { count: reorderPoint }) }]),
    ...(at ? [{ x: at.getTime(), color: 'var(--mantine-primary-color-filled)' }] : []),
  ]
  return (
    <AreaChart
      h={200}
      data={rows}
      dataKey="at"
      series={[{ name, color: 'var(--sb-chart-out)' }]}
      curveType="stepAfter"
      withDots={false}
      fillOpacity={0.14}
      strokeWidth={1.6}
      tickLine="none"
      gridAxis="x"
      valueFormatter={value => `${format.quantity(value)} ${unit}`}
      xAxisProps={{
        type: 'number',
        scale: 'time',
        domain: ['dataMin', 'dataMax'],
        tickFormatter: (at: number) => (Number.isFinite(at) ? format.date(new Date(at)) : ''),
        minTickGap: 50,
      }}
      tooltipProps={{
        labelFormatter: at => (Number.isFinite(at) ? format.dateTime(new Date(Number(at))) : ''),
      }}
      areaProps={{ isAnimationActive: false }}
      referenceLines={lines}
    />
  )
}
