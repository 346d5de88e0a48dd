import { Anchor, Badge, Button, SegmentedControl } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Reservation, ReservationStatus } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import type { TableColumn } from '~/ui/DataTable'
import { ListPanel } from '~/ui/ListPanel'
import { May } from '~/ui/May'
import { PageHeader } from '~/ui/PageHeader'
import { useReservations } from './api'
import { STATUSES } from './routes'
import { reservationTexts } from './texts'

const route = getRouteApi('/shell/reservations')

export function ReservationsPage() {
  const t = useTexts(reservationTexts)
  const { status = 'active' } = route.useSearch()
  const navigate = useNavigate({ from: '/reservations' })
  const create = (
    <May needs="stock.reserve">
      <Button
        component={Link}
        to="/stock?work=reserve"
        leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
      >
        {t('newReservation')}
      </Button>
    </May>
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
      <ListPanel
        label={t('title')}
        list={useReservations(status)}
        columns={useColumns()}
        rowKey={one => one.id ?? 0}
        empty={{ icon: IconLock, title: t('noneTitle'), text: t('noneText') }}
      />
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
