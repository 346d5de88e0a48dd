import { Anchor, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTruckDelivery } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { isMissing } from '~/api/problem'
import type { StockTransfer, StockTransferEvent, StockTransferLine } from '~/api/schema.gen'
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
import { useTransfer, useTransferStep } from './api'
import { ReceiveForm } from './ReceiveForm'
import { PlaceName, TransferBadge } from './TransfersPage'
import { transferTexts } from './texts'

const route = getRouteApi('/shell/stock-transfers/$transferId')

export function TransferPage() {
  const query = useTransfer(Number(route.useParams().transferId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{one => <Transfer transfer={one} />}</QueryView>
}

function Transfer({ transfer }: { transfer: StockTransfer }) {
  const t = useTexts(transferTexts)
  const mayMove = useCan()('stock.move')
  const format = useFormat()
  const onRoad = transfer.status === 'in_transit' || transfer.status === 'partially_received'
  return (
    <>
      <PageHeader
        title={transfer.number}
        above={[{ to: '/stock-transfers', title: t('title') }]}
        beside={<TransferBadge status={transfer.status} />}
        actions={<Actions transfer={transfer} />}
      />
      <Stack gap="md">
        <Panel title={`${transfer.from.warehouse} → ${transfer.to.warehouse}`}>
          <Facts
            facts={[
              [t('from'), <PlaceName key="from" place={transfer.from} />],
              [t('to'), <PlaceName key="to" place={transfer.to} />],
              [t('reference'), transfer.reference],
              [t('created'), format.dateTime(transfer.created_at)],
            ]}
          />
        </Panel>
        {onRoad && mayMove && (
          <Panel title={t('receive')}>
            <ReceiveForm key={transfer.id} transfer={transfer} />
          </Panel>
        )}
        <Panel title={t('lines')}>
          <Lines lines={transfer.lines} />
        </Panel>
        <Panel title={t('history')}>
          <History events={transfer.history} />
        </Panel>
      </Stack>
    </>
  )
}

function Actions({ transfer }: { transfer: StockTransfer }) {
  const t = useTexts(transferTexts)
  const ui = useTexts(uiTexts)
  const step = useTransferStep()
  const [opened, { open, close }] = useDisclosure(false)
  const isDraft = transfer.status === 'draft'
  if (transfer.status === 'received' || transfer.status === 'cancelled') return null
  const run = (which: 'ship' | 'cancel') =>
    step.mutateAsync({ id: transfer.id, step: which }).then(done => {
      notifyDone(t(which === 'ship' ? 'shippedDone' : 'cancelledDone', { number: done.number }))
      close()
    }, notifyProblem)
  return (
    <>
      <ActionButton variant="default" needs="stock.move" onClick={open}>
        {t('cancel')}
      </ActionButton>
      {isDraft && (
        <ActionButton
          leftSection={<IconTruckDelivery size={17} stroke={1.7} aria-hidden />}
          loading={step.isPending}
          needs="stock.move"
          onClick={() => run('ship')}
        >
          {t('ship')}
        </ActionButton>
      )}
      <Modal
        opened={opened}
        onClose={close}
        title={t('cancelTitle')}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <Text fz="sm">
          {isDraft ? t('cancelDraft') : t('cancelTransit', { place: transfer.from.warehouse })}
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            {ui('close')}
          </Button>
          <Button color="red" loading={step.isPending} onClick={() => run('cancel')}>
            {t('cancel')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}

function Lines({ lines }: { lines: readonly StockTransferLine[] }) {
  const t = useTexts(transferTexts)
  const format = useFormat()
  const columns: TableColumn<StockTransferLine>[] = [
    {
      title: t('product'),
      cell: line => (
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
    { title: t('quantity'), align: 'right', cell: line => format.quantity(line.quantity) },
    { title: t('transit'), align: 'right', cell: line => format.quantity(line.in_transit) },
    { title: t('arrived'), align: 'right', cell: line => <b>{format.quantity(line.received)}</b> },
    {
      title: t('lost'),
      align: 'right',
      wide: true,
      cell: line => (line.lost > 0 ? <span className="bad">{format.quantity(line.lost)}</span> : ''),
    },
  ]
  return <DataTable label={t('lines')} columns={columns} rows={lines} rowKey={line => line.line} />
}

function History({ events }: { events: readonly StockTransferEvent[] }) {
  const t = useTexts(transferTexts)
  const format = useFormat()
  const names: Record<string, string> = {
    create: t('create'),
    ship: t('ship'),
    receive: t('receive'),
    close: t('close'),
    cancel: t('cancelled'),
  }
  return (
    <Stack gap={6}>
      {events.map(event => (
        <Group key={`${event.recorded_at} ${event.action}`} gap="xs" fz="sm">
          <Badge color="gray">{names[event.action] ?? event.action}</Badge>
          <Text span fz="sm" c="dimmed">
            {event.actor} · {format.dateTime(event.recorded_at)}
            {event.note && ` · ${event.note}`}
          </Text>
          {event.movement_id !== null && (
            <Anchor component={Link} to={`/stock-movements/${event.movement_id}`} fz="sm">
              {t('movement')} {event.movement_id}
            </Anchor>
          )}
        </Group>
      ))}
    </Stack>
  )
}
