import { Anchor, Badge, Button, SegmentedControl } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Reservation, ReservationStatus } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useReservations } from './api'
import { STATUSES } from './routes'
import { reservationTexts } from './texts'

const route = getRouteApi('/shell/reservations')

export function ReservationsPage() {
  const t = useTexts(reservationTexts)
  const ui = useTexts(uiTexts)
  const { status = 'active' } = route.useSearch()
  const navigate = useNavigate({ from: '/reservations' })
  const list = useReservations(status)
  const columns = useColumns()
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const create = (
    <Button
      component={Link}
      to="/stock?work=reserve"
      leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
    >
      {t('newReservation')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} actions={create} />
      <SegmentedControl
        mb="sm"
        aria-label={t('status')}
        value={status}
        onChange={next => void navigate({ search: { status: next as ReservationStatus }, replace: true })}
        data={STATUSES.map(one => ({ value: one, label: t(one) }))}
      />
      <div className={panel.panel}>
        {list.isError && list.data === undefined ? (
          <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <RowsSkeleton rows={10} />
        ) : rows.length === 0 ? (
          <EmptyState icon={IconLock} title={t('noneTitle')} text={t('noneText')} />
        ) : (
          <DataTable label={t('title')} columns={columns} rows={rows} rowKey={one => one.id ?? 0} />
        )}
        {list.hasNextPage && (
          <Button variant="default" size="xs" mt="sm" onClick={() => void list.fetchNextPage()}>
            {ui('loadMore')}
          </Button>
        )}
      </div>
    </>
  )
}

function useColumns(): TableColumn<Reservation>[] {
  const t = useTexts(reservationTexts)
  const format = useFormat()
  return [
    {
      title: t('number'),
      cell: one => (
        <Anchor component={Link} to={`/reservations/${one.id}`} fz="sm" fw={550}>
          {one.number}
        </Anchor>
      ),
    },
    { title: t('status'), wide: true, cell: one => <ReservationBadge status={one.status} /> },
    { title: t('reference'), cell: one => one.reference ?? '' },
    {
      title: t('products'),
      wide: true,
      cell: one => <span className="code">{one.lines.map(line => line.sku).join(', ')}</span>,
    },
    { title: t('by'), wide: true, cell: one => one.actor },
    {
      title: t('expires'),
      align: 'right',
      cell: one => (one.expires_at ? format.relative(one.expires_at) : t('never')),
    },
    {
      title: t('open'),
      align: 'right',
      cell: one => <b>{format.quantity(sum(...one.lines.map(line => line.open)))}</b>,
    },
  ]
}

const COLOURS: Partial<Record<ReservationStatus, string>> = { active: 'ink', fulfilled: 'teal' }

export function ReservationBadge({ status }: { status: ReservationStatus }) {
  const t = useTexts(reservationTexts)
  return <Badge color={COLOURS[status] ?? 'gray'}>{t(status)}</Badge>
}
