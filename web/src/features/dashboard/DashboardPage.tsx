import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconCoins,
  IconPackageOff,
  IconTruckDelivery,
} from '@tabler/icons-react'
import { useMaySee } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { today, useFormat } from '~/i18n/format'
import { PageHeader } from '~/ui/PageHeader'
import { useLowStock, useMovementsPerDay, useOrdersToReceive, useStockOuts, useStockValue } from './api'
import classes from './Dashboard.module.css'
import { ExpectedPanel, LatestPanel, LowStockPanel, MovementsPanel, MoversPanel, ValuePanel } from './panels'
import { Tile } from './Tile'
import { dashboardTexts } from './texts'

export function DashboardPage() {
  const t = useTexts(dashboardTexts)
  const maySee = useMaySee()
  const reports = maySee({ everywhere: true })
  const purchasing = maySee({ permission: 'purchasing.read' })
  return (
    <>
      <PageHeader title={t('title')} />
      <Tiles />
      <div className={classes.panels}>
        {reports && <MovementsPanel />}
        <LowStockPanel />
        {reports && purchasing && <ValuePanel />}
        {reports && <MoversPanel />}
        {purchasing && <ExpectedPanel />}
        <LatestPanel />
      </div>
    </>
  )
}

function Tiles() {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const value = useStockValue().data
  const low = useLowStock().data
  // Where the tile leads to is a list of products; what is low in one warehouse only is told beside it.
  const overall = low && { ...low, items: low.items.filter(one => one.warehouse == null) }
  const alsoLow = low && overall ? low.items.length - overall.items.length : 0
  const orders = useOrdersToReceive().data
  const days = useMovementsPerDay(1).data
  const outs = useStockOuts().data
  const count = (
    page: { items: readonly unknown[]; next_cursor?: string | null | undefined } | undefined | null,
  ) => (page ? `${format.quantity(page.items.length)}${page.next_cursor ? '+' : ''}` : undefined)
  const day = today()
  const overdue =
    orders?.items.filter(order => order.expected_on != null && order.expected_on < day).length ?? 0
  const worth = (amount: string | null, currency: string) =>
    amount === null ? '–' : format.moneyShort(amount, currency)
  const latest = days?.items.at(-1)
  const maySee = useMaySee()
  const reports = maySee({ everywhere: true })
  const purchasing = maySee({ permission: 'purchasing.read' })
  return (
    <div className={classes.tiles}>
      {reports && purchasing && (
        <Tile
          icon={IconCoins}
          label={t('stockValue')}
          value={value && worth(value.at_cost ?? value.at_price, value.currency)}
          hint={value?.at_cost != null && t('atPrice', { amount: worth(value.at_price, value.currency) })}
          to="/products"
        />
      )}
      <Tile
        icon={IconAlertTriangle}
        label={t('lowStock')}
        value={count(overall)}
        hint={alsoLow > 0 ? t('lowInWarehouses', { count: alsoLow }) : t('lowStockHint')}
        to="/products"
        search={{ low_stock: true }}
        tone={low && low.items.length > 0 ? 'warn' : undefined}
      />
      {reports && (
        <Tile
          icon={IconPackageOff}
          label={t('stockOuts')}
          value={count(outs)}
          hint={t('stockOutsHint')}
          to="/products"
          search={{ low_stock: true }}
          tone={outs && outs.items.length > 0 ? 'bad' : undefined}
        />
      )}
      {purchasing && (
        <Tile
          icon={IconTruckDelivery}
          label={t('toReceive')}
          value={count(orders)}
          hint={
            overdue > 0 ? <span className="bad">{t('overdue', { count: overdue })}</span> : t('toReceiveHint')
          }
          to="/purchase-orders"
          search={{ group: 'receive' }}
        />
      )}
      {reports && (
        <Tile
          icon={IconArrowsExchange}
          label={t('movementsToday')}
          value={days && format.quantity(latest?.movements ?? 0)}
          hint={latest && t('movementsTodayHint', { in: latest.in, out: latest.out })}
          to="/stock-movements"
        />
      )}
    </div>
  )
}
