import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import type { MovementsPerDay } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { dashboardTexts } from './texts'

/** What came in and went out, day by day. */
export default function MovementsChart({ items }: { items: MovementsPerDay['items'] }) {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const rows = items.map(item => ({ day: format.date(item.day), [t('in')]: item.in, [t('out')]: item.out }))
  return (
    <BarChart
      h="100%"
      data={rows}
      dataKey="day"
      withLegend
      legendProps={{ verticalAlign: 'bottom', height: 30 }}
      tickLine="none"
      gridAxis="x"
      valueFormatter={format.quantity}
      xAxisProps={{ minTickGap: 40 }}
      barProps={{ isAnimationActive: false, radius: 2 }}
      series={[
        { name: t('in'), color: 'var(--sb-chart-in)' },
        { name: t('out'), color: 'var(--sb-chart-out)' },
      ]}
    />
  )
}
