import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import type { StockValueHistory } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { dashboardTexts } from './texts'

/** What the stock was worth, day by day. A picture only: the amounts become floats here, and nowhere else. */
export default function ValueChart({
  items,
  currency,
}: {
  items: StockValueHistory['items']
  currency: string
}) {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const rows = items.map(item => ({
    day: format.date(item.day),
    [t('atPriceSeries')]: Number(item.at_price),
    ...(item.at_cost !== null && { [t('atCostSeries')]: Number(item.at_cost) }),
  }))
  return (
    <AreaChart
      h="100%"
      data={rows}
      dataKey="day"
      withLegend
      legendProps={{ verticalAlign: 'bottom', height: 30 }}
      curveType="linear"
      withDots={false}
      fillOpacity={0.12}
      tickLine="none"
      gridAxis="x"
      valueFormatter={value => format.moneyShort(String(value), currency)}
      yAxisProps={{ width: 86 }}
      xAxisProps={{ minTickGap: 40 }}
      areaProps={{ isAnimationActive: false }}
      series={[
        { name: t('atPriceSeries'), color: 'var(--sb-chart-out)' },
        { name: t('atCostSeries'), color: 'var(--sb-chart-in)' },
      ]}
    />
  )
}
