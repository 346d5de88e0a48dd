import { Anchor, Skeleton, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { today, useFormat } from '~/i18n/format'
import { movementTexts } from '~/ui/movements'
import { QueryView } from '~/ui/QueryView'
import {
  useLatestMovements,
  useLowStock,
  useMovementsPerDay,
  useOrdersToReceive,
  useStockValue,
  useStockValueHistory,
  useTopMovers,
} from './api'
import classes from './Dashboard.module.css'
import { Panel } from './Panel'
import { dashboardTexts } from './texts'

const MovementsChart = lazy(() => import('./MovementsChart'))
const ValueChart = lazy(() => import('./ValueChart'))

const DAYS = 30
const ROWS = 6
const chartSkeleton = <Skeleton height="100%" />
const listSkeleton = (
  <ul className={classes.list}>
    {Array.from({ length: ROWS }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <li key={row} className={classes.item}>
        <Skeleton height={14} width={`${80 - ((row * 17) % 30)}%`} />
      </li>
    ))}
  </ul>
)

function None({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" fz="sm" py="sm">
      {children}
    </Text>
  )
}

function ProductLink({ id, children }: { id: number; children: ReactNode }) {
  return (
    <Anchor
      component={Link}
      to="/products/$productId"
      params={{ productId: String(id) } as never}
      className={classes.itemTitle}
      fz="sm"
    >
      {children}
    </Anchor>
  )
}

export function MovementsPanel() {
  const t = useTexts(dashboardTexts)
  const query = useMovementsPerDay(DAYS)
  return (
    <Panel title={t('movementsPerDay')} hint={t('days', { count: DAYS })} width="wide">
      <div className={classes.chart}>
        <QueryView query={query} skeleton={chartSkeleton}>
          {report => (
            <Suspense fallback={chartSkeleton}>
              <MovementsChart items={report.items} />
            </Suspense>
          )}
        </QueryView>
      </div>
    </Panel>
  )
}

export function ValuePanel() {
  const t = useTexts(dashboardTexts)
  const query = useStockValueHistory(90)
  const currency = useStockValue().data?.currency
  return (
    <Panel title={t('valueOverTime')} hint={t('days', { count: 90 })} width="wide">
      <div className={classes.chart}>
        <QueryView query={query} skeleton={chartSkeleton}>
          {report => (
            <Suspense fallback={chartSkeleton}>
              <ValueChart items={report.items} currency={currency ?? 'EUR'} />
            </Suspense>
          )}
        </QueryView>
      </div>
    </Panel>
  )
}

export function MoversPanel() {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const query = useTopMovers(DAYS)
  const most = Math.max(1, ...(query.data?.items.map(item => item.out) ?? []))
  return (
    <Panel title={t('topMovers')} hint={t('days', { count: DAYS })} width="narrow">
      <div className={classes.listBox}>
        <QueryView query={query} skeleton={listSkeleton}>
          {report =>
            report.items.length > 0 ? (
              <ul className={classes.list}>
                {report.items.slice(0, ROWS).map(item => (
                  <li key={item.product_id} className={classes.item}>
                    <div className={classes.itemMain} style={{ flex: 1 }}>
                      <ProductLink id={item.product_id}>{item.name}</ProductLink>
                      <div className={classes.bar} style={{ width: `${(item.out / most) * 100}%` }} />
                    </div>
                    <span className="num">{format.quantity(item.out)}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <None>{t('nothingMoved')}</None>
            )
          }
        </QueryView>
      </div>
    </Panel>
  )
}

export function LowStockPanel() {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const query = useLowStock()
  return (
    <Panel title={t('runsLow')} to="/products" search={{ low_stock: true }} width="narrow">
      <div className={classes.listBox}>
        <QueryView query={query} skeleton={listSkeleton}>
          {page =>
            page.items.length > 0 ? (
              <ul className={classes.list}>
                {page.items.slice(0, ROWS).map(item => (
                  <li key={`${item.product_id} ${item.warehouse}`} className={classes.item}>
                    <div className={classes.itemMain}>
                      <ProductLink id={item.product_id}>{item.name}</ProductLink>
                      <span className={classes.itemBelow}>
                        {item.sku}
                        {item.warehouse && ` · ${item.warehouse}`}
                      </span>
                    </div>
                    <div className="num">
                      <span className={item.available <= 0 ? 'bad' : 'warn'} style={{ fontWeight: 600 }}>
                        {format.quantity(item.available)}
                      </span>
                      <span className={classes.itemBelow}>
                        {t('reorderAt')} {format.quantity(item.reorder_point)}
                      </span>
                    </div>
                  </li>
                ))}
              </ul>
            ) : (
              <None>{t('allWell')}</None>
            )
          }
        </QueryView>
      </div>
    </Panel>
  )
}

export function ExpectedPanel() {
  const t = useTexts(dashboardTexts)
  const format = useFormat()
  const query = useOrdersToReceive()
  const day = today()
  return (
    <Panel title={t('expected')} to="/purchase-orders" search={{ group: 'receive' }}>
      <div className={classes.listBox}>
        <QueryView query={query} skeleton={listSkeleton}>
          {page =>
            page.items.length > 0 ? (
              <ul className={classes.list}>
                {[...page.items]
                  .sort((a, b) => (a.expected_on ?? '9999').localeCompare(b.expected_on ?? '9999'))
                  .slice(0, ROWS)
                  .map(order => (
                    <li key={order.id} className={classes.item}>
                      <div className={classes.itemMain}>
                        <Anchor
                          component={Link}
                          to={`/purchase-orders/${order.id}`}
                          className={classes.itemTitle}
                          fz="sm"
                        >
                          {order.number} · {order.supplier.name}
                        </Anchor>
                        <span className={classes.itemBelow}>
                          {order.warehouse} · {t('lines', { count: order.line_count })}
                        </span>
                      </div>
                      <span className={`num ${order.expected_on && order.expected_on < day ? 'bad' : ''}`}>
                        {order.expected_on ? format.date(order.expected_on) : t('noDate')}
                      </span>
                    </li>
                  ))}
              </ul>
            ) : (
              <None>{t('nothingExpected')}</None>
            )
          }
        </QueryView>
      </div>
    </Panel>
  )
}

export function LatestPanel() {
  const t = useTexts(dashboardTexts)
  const kind = useTexts(movementTexts)
  const format = useFormat()
  const query = useLatestMovements()
  return (
    <Panel title={t('latest')} to="/stock-movements">
      <div className={classes.listBox}>
        <QueryView query={query} skeleton={listSkeleton}>
          {page =>
            page.items.length > 0 ? (
              <ul className={classes.list}>
                {page.items.slice(0, ROWS).map(movement => {
                  const [line] = movement.lines
                  const others = movement.lines.length - 1
                  return (
                    <li key={movement.id} className={classes.item}>
                      <div className={classes.itemMain}>
                        {line && (
                          <ProductLink id={line.product_id}>
                            {line.sku}
                            {others > 0 && ` + ${others}`}
                          </ProductLink>
                        )}
                        <span className={classes.itemBelow}>
                          {kind(movement.kind)} · {movement.actor} · {format.relative(movement.recorded_at)}
                        </span>
                      </div>
                      {line && (
                        <span className={`num ${line.on_hand_after > line.on_hand_before ? 'good' : ''}`}>
                          {format.change(line.on_hand_after - line.on_hand_before)}
                        </span>
                      )}
                    </li>
                  )
                })}
              </ul>
            ) : (
              <None>{t('nothingMoved')}</None>
            )
          }
        </QueryView>
      </div>
    </Panel>
  )
}
