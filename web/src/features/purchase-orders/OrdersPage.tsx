import { Anchor, Badge, Box, SegmentedControl, Text } from '@mantine/core'
import { IconFileInvoice, IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { PurchaseOrderSummary } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { today, useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import type { TableColumn } from '~/ui/DataTable'
import { ListPanel } from '~/ui/ListPanel'
import { orderStatusTexts } from '~/ui/orderStatus'
import { PageHeader } from '~/ui/PageHeader'
import { useOrderList } from './api'
import type { OrderGroup } from './search'
import { orderTexts } from './texts'

const route = getRouteApi('/shell/purchase-orders')
const GROUPS: OrderGroup[] = ['open', 'draft', 'receive', 'done']

export function OrdersPage() {
  const t = useTexts(orderTexts)
  const { group = 'open' } = route.useSearch()
  const navigate = useNavigate({ from: '/purchase-orders' })
  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <ActionButton
            leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
            needs="purchasing.write"
            onClick={() => void navigate({ to: '/purchase-orders/new' })}
          >
            {t('newOrder')}
          </ActionButton>
        }
      />
      <SegmentedControl
        mb="sm"
        aria-label={t('status')}
        value={group}
        onChange={next => void navigate({ search: { group: next as OrderGroup }, replace: true })}
        data={GROUPS.map(one => ({ value: one, label: t(one) }))}
      />
      <ListPanel
        label={t('title')}
        list={useOrderList(group)}
        columns={useColumns()}
        rowKey={order => order.id}
        empty={{ icon: IconFileInvoice, title: t('noneTitle'), text: t('noneText') }}
      />
    </>
  )
}

function useColumns(): TableColumn<PurchaseOrderSummary>[] {
  const t = useTexts(orderTexts)
  const format = useFormat()
  const day = today()
  const isLate = (order: PurchaseOrderSummary) =>
    order.expected_on != null && order.expected_on < day && /ordered|partially/.test(order.status)
  return [
    {
      title: t('number'),
      cell: order => (
        <>
          <Anchor
            component={Link}
            to={`/purchase-orders/${order.id}`}
            fz="sm"
            fw={550}
            style={{ whiteSpace: 'nowrap' }}
          >
            {order.number}
          </Anchor>
          <Box hiddenFrom="sm">
            <OrderBadge status={order.status} size="sm" />
          </Box>
        </>
      ),
    },
    {
      title: t('supplier'),
      cell: order => (
        <>
          {order.supplier.name}
          <Text fz="xs" c="dimmed">
            {t('lines', { count: order.line_count })} · {order.warehouse}
          </Text>
        </>
      ),
    },
    { title: t('status'), wide: 'tablet', cell: order => <OrderBadge status={order.status} /> },
    {
      title: t('expected'),
      align: 'right',
      wide: true,
      cell: order =>
        order.expected_on ? (
          <span className={isLate(order) ? 'bad' : undefined}>
            {format.date(order.expected_on)}
            {isLate(order) && ` · ${t('overdue')}`}
          </span>
        ) : (
          ''
        ),
    },
    { title: t('total'), align: 'right', cell: order => format.money(order.total, order.currency) },
  ]
}

const COLOURS: Record<string, string> = {
  pending_approval: 'yellow',
  approved: 'ink',
  ordered: 'ink',
  partially_received: 'ink',
  received: 'teal',
  rejected: 'red',
}

interface OrderBadgeProps {
  status: PurchaseOrderSummary['status']
  size?: 'sm' | 'md'
}

export function OrderBadge({ status, size = 'md' }: OrderBadgeProps) {
  const t = useTexts(orderStatusTexts)
  return (
    <Badge color={COLOURS[status] ?? 'gray'} size={size}>
      {t(status)}
    </Badge>
  )
}
