import { Anchor, Badge, Button, SegmentedControl, Text } from '@mantine/core'
import { IconPlus, IconTruck } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { StockTransferPlace, StockTransferStatus, StockTransferSummary } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import type { TableColumn } from '~/ui/DataTable'
import { ListPanel } from '~/ui/ListPanel'
import { May } from '~/ui/May'
import { PageHeader } from '~/ui/PageHeader'
import { type TransferGroup, useTransfers } from './api'
import { transferTexts } from './texts'

const route = getRouteApi('/shell/stock-transfers')
const GROUPS: TransferGroup[] = ['open', 'done']

export function TransfersPage() {
  const t = useTexts(transferTexts)
  const { group = 'open' } = route.useSearch()
  const navigate = useNavigate({ from: '/stock-transfers' })
  const create = (
    <May needs="stock.move">
      <Button
        component={Link}
        to="/stock?work=transfer"
        leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
      >
        {t('newTransfer')}
      </Button>
    </May>
  )
  return (
    <>
      <PageHeader title={t('title')} actions={create} />
      <SegmentedControl
        mb="sm"
        aria-label={t('group')}
        value={group}
        onChange={next => void navigate({ search: { group: next as TransferGroup }, replace: true })}
        data={GROUPS.map(one => ({ value: one, label: t(one) }))}
      />
      <ListPanel
        label={t('title')}
        list={useTransfers(group)}
        columns={useColumns()}
        rowKey={one => one.id}
        empty={{ icon: IconTruck, title: t('noneTitle'), text: t('noneText') }}
      />
    </>
  )
}

function useColumns(): TableColumn<StockTransferSummary>[] {
  const t = useTexts(transferTexts)
  const format = useFormat()
  return [
    {
      title: t('number'),
      cell: one => (
        <>
          <Anchor component={Link} to={`/stock-transfers/${one.id}`} fz="sm" fw={550}>
            {one.number}
          </Anchor>
          <Text fz="xs" c="dimmed">
            {t('lineCount', { count: one.line_count })}
          </Text>
        </>
      ),
    },
    { title: t('status'), cell: one => <TransferBadge status={one.status} /> },
    { title: t('from'), cell: one => <PlaceName place={one.from} /> },
    { title: t('to'), cell: one => <PlaceName place={one.to} /> },
    { title: t('reference'), wide: true, cell: one => one.reference ?? '' },
    { title: t('created'), align: 'right', wide: true, cell: one => format.relative(one.created_at) },
  ]
}

const COLOURS: Partial<Record<StockTransferStatus, string>> = {
  in_transit: 'ink',
  partially_received: 'yellow',
  received: 'teal',
}

export function TransferBadge({ status }: { status: StockTransferStatus }) {
  const t = useTexts(transferTexts)
  return <Badge color={COLOURS[status] ?? 'gray'}>{t(status)}</Badge>
}

export function PlaceName({ place }: { place: StockTransferPlace }) {
  return (
    <>
      {place.warehouse}
      {place.location !== null && <span className="code"> {place.location}</span>}
    </>
  )
}
