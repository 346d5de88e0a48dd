import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { Reservation, ReservationLine } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { Facts } from '~/ui/Facts'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useReleaseReservation, useReservation } from './api'
import { FulfilForm } from './FulfilForm'
import { ReservationBadge } from './ReservationsPage'
import { reservationTexts } from './texts'

const route = getRouteApi('/shell/reservations/$reservationId')

export function ReservationPage() {
  const query = useReservation(Number(route.useParams().reservationId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{one => <Details reservation={one} />}</QueryView>
}

function Details({ reservation }: { reservation: Reservation }) {
  const t = useTexts(reservationTexts)
  const mayMove = useCan()('stock.move')
  const format = useFormat()
  return (
    <>
      <PageHeader
        title={reservation.number ?? ''}
        above={[{ to: '/reservations', title: t('title') }]}
        beside={<ReservationBadge status={reservation.status} />}
        actions={reservation.status === 'active' && <ReleaseButton reservation={reservation} />}
      />
      <Stack gap="md">
        <Panel title={t('details')}>
          <Facts
            facts={[
              [t('reference'), reservation.reference],
              [t('by'), reservation.actor],
              [t('created'), format.dateTime(reservation.created_at)],
              [t('expires'), reservation.expires_at ? format.dateTime(reservation.expires_at) : t('never')],
            ]}
          />
        </Panel>
        {reservation.status === 'active' && mayMove && (
          <Panel title={t('fulfil')}>
            <FulfilForm key={reservation.id} reservation={reservation} />
          </Panel>
        )}
        <Panel title={t('lines')}>
          <Lines lines={reservation.lines} />
        </Panel>
      </Stack>
    </>
  )
}

function Lines({ lines }: { lines: readonly ReservationLine[] }) {
  const t = useTexts(reservationTexts)
  const format = useFormat()
  const columns: TableColumn<ReservationLine>[] = [
    {
      title: t('product'),
      cell: line => (
        <Anchor component={Link} to={`/products/${line.product_id}`} fz="sm" className="code">
          {line.sku}
        </Anchor>
      ),
    },
    {
      title: t('where'),
      wide: true,
      cell: line =>
        line.allocations.map(part => (
          <Text key={`${part.location_id} ${part.lot}`} fz="sm">
            {part.warehouse} <span className="code">{part.location}</span> · {format.quantity(part.open)}
          </Text>
        )),
    },
    { title: t('quantity'), align: 'right', cell: line => format.quantity(line.quantity) },
    { title: t('out'), align: 'right', cell: line => format.quantity(line.fulfilled) },
    { title: t('back'), align: 'right', wide: true, cell: line => format.quantity(line.released) },
    { title: t('open'), align: 'right', cell: line => <b>{format.quantity(line.open)}</b> },
  ]
  return <DataTable label={t('lines')} columns={columns} rows={lines} rowKey={line => line.line} />
}

function ReleaseButton({ reservation }: { reservation: Reservation }) {
  const t = useTexts(reservationTexts)
  const ui = useTexts(uiTexts)
  const release = useReleaseReservation()
  const [opened, { open, close }] = useDisclosure(false)
  const [reason, setReason] = useState('')
  return (
    <>
      <ActionButton variant="default" needs="stock.reserve" onClick={open}>
        {t('release')}
      </ActionButton>
      <Modal
        opened={opened}
        onClose={close}
        title={t('releaseTitle')}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <form
          onSubmit={event => {
            event.preventDefault()
            release.mutateAsync({ id: reservation.id ?? 0, reason: reason.trim() }).then(done => {
              notifyDone(t('releasedDone', { number: done.number ?? '' }))
              close()
            }, notifyProblem)
          }}
        >
          <Stack gap="sm">
            <Text fz="sm">{t('releaseText')}</Text>
            <TextInput
              label={t('reason')}
              value={reason}
              data-autofocus
              onChange={event => setReason(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {ui('cancel')}
              </Button>
              <Button type="submit" loading={release.isPending}>
                {t('release')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
