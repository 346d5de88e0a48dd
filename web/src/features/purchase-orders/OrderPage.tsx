import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { isMissing } from '~/api/problem'
import type { PurchaseOrder, PurchaseOrderLine } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useReceiptsOf } from '~/features/goods-receipts/api'
import { ReceiptBadge } from '~/features/goods-receipts/ReceiptBadge'
import { receiptTexts } from '~/features/goods-receipts/texts'
import { UndoReceipt } from '~/features/goods-receipts/UndoReceipt'
import { sum } from '~/features/stock/lines'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable } from '~/ui/DataTable'
import { orderStatusTexts } from '~/ui/orderStatus'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useApprovers, useOrder } from './api'
import { OrderSteps } from './OrderSteps'
import { OrderBadge } from './OrdersPage'
import { orderTexts } from './texts'

const route = getRouteApi('/shell/purchase-orders/$orderId')

export function OrderPage() {
  const query = useOrder(Number(route.useParams().orderId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{order => <OrderView order={order} />}</QueryView>
}

function OrderView({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const format = useFormat()
  return (
    <>
      <PageHeader
        title={order.number}
        above={[{ to: '/purchase-orders', title: t('title') }]}
        beside={<OrderBadge status={order.status} />}
        description={[
          order.supplier.name,
          order.warehouse,
          order.expected_on && `${t('expected')} ${format.date(order.expected_on)}`,
          format.money(order.total, order.currency),
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={<OrderSteps order={order} />}
      />
      <Stack gap="sm">
        {order.status === 'pending_approval' && <Approvers />}
        {order.note && (
          <Text fz="sm" style={{ whiteSpace: 'pre-line' }}>
            {order.note}
          </Text>
        )}
        <Lines order={order} />
        <Receipts order={order} />
        <History order={order} />
      </Stack>
    </>
  )
}

/** Who may let it pass, so that nobody has to ask around. */
function Approvers() {
  const t = useTexts(orderTexts)
  const roles = useApprovers().data ?? []
  return (
    <Alert color="yellow" role="status">
      {t('waitsForApproval')}{' '}
      {roles.length > 0 && t('approvers', { roles: roles.map(role => t(role)).join(', ') })}
    </Alert>
  )
}

function Lines({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const format = useFormat()
  return (
    <Panel title={t('lines', { count: order.lines.length })}>
      <DataTable
        label={t('lines', { count: order.lines.length })}
        rows={order.lines}
        rowKey={line => line.id}
        columns={[
          {
            title: t('product'),
            cell: (line: PurchaseOrderLine) => (
              <>
                <Anchor component={Link} to={`/products/${line.product_id}`} fz="sm">
                  {line.name}
                </Anchor>
                <Text fz="xs" c="dimmed" className="code">
                  {line.sku}
                </Text>
              </>
            ),
          },
          { title: t('ordered'), align: 'right', cell: line => format.quantity(line.quantity) },
          { title: t('received'), align: 'right', wide: true, cell: line => format.quantity(line.received) },
          { title: t('stillOpen'), align: 'right', cell: line => <b>{format.quantity(line.open)}</b> },
          {
            title: t('unitCost'),
            align: 'right',
            wide: true,
            cell: line => format.money(line.unit_cost, order.currency),
          },
        ]}
      />
    </Panel>
  )
}

function Receipts({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const receipt = useTexts(receiptTexts)
  const format = useFormat()
  const receipts = useReceiptsOf(order.id)
  const last = receipts.data?.items.find(one => one.reversed_at === null)
  const undoable = last && (order.status === 'partially_received' || order.status === 'received')
  return (
    <Panel
      title={t('receipts')}
      beside={undoable && <UndoReceipt receipt={last} text={receipt('undoLast')} />}
    >
      <QueryView query={receipts}>
        {page =>
          page.items.length > 0 ? (
            <DataTable
              label={t('receipts')}
              rows={page.items}
              rowKey={one => one.id}
              faded={one => one.reversed_at != null}
              columns={[
                {
                  title: t('number'),
                  cell: one => (
                    <Anchor component={Link} to={`/goods-receipts/${one.id}`} fz="sm">
                      {one.number}
                    </Anchor>
                  ),
                },
                { title: t('received'), cell: one => format.dateTime(one.created_at) },
                {
                  title: receipt('units'),
                  align: 'right',
                  cell: one => format.quantity(sum(...one.lines.map(line => line.quantity))),
                },
                {
                  title: receipt('by'),
                  wide: true,
                  cell: one => [one.actor, one.note].filter(Boolean).join(' · '),
                },
                {
                  title: receipt('state'),
                  align: 'right',
                  cell: one => <ReceiptBadge receipt={one} />,
                },
              ]}
            />
          ) : (
            <Text c="dimmed" fz="sm">
              {t('noReceipts')}
            </Text>
          )
        }
      </QueryView>
    </Panel>
  )
}

function History({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const status = useTexts(orderStatusTexts)
  const format = useFormat()
  return (
    <Panel title={t('history')}>
      <Stack gap={6}>
        {[...order.history].reverse().map(event => (
          <Group key={`${event.recorded_at} ${event.action}`} gap="sm" wrap="nowrap" align="baseline">
            <Text fz="xs" c="dimmed" w={140} style={{ flexShrink: 0 }}>
              {format.dateTime(event.recorded_at)}
            </Text>
            <Text fz="sm">
              <b>{status(event.status)}</b> · {event.actor}
              {event.note && ` · ${event.note}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
