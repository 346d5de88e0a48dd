import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconPackageImport, IconPrinter } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { GoodsReceipt, PurchaseOrder, PurchaseOrderLine } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable } from '~/ui/DataTable'
import { orderStatusTexts } from '~/ui/orderStatus'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useOrder, useOrderStep, useReceipts, useReverseReceipt } from './api'
import { OrderBadge } from './OrdersPage'
import { canReceive, type OrderStep, stepsOf } from './search'
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
        actions={<Steps order={order} />}
      />
      <Stack gap="sm">
        <Lines order={order} />
        <Receipts order={order} />
        <History order={order} />
      </Stack>
    </>
  )
}

function Steps({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const ui = useTexts(uiTexts)
  const status = useTexts(orderStatusTexts)
  const can = useCan()
  const move = useOrderStep()
  const [asking, setAsking] = useState<OrderStep | null>(null)
  const [note, setNote] = useState('')
  const run = (step: OrderStep) =>
    move.mutate(
      { order, step, note },
      {
        onSuccess: done => {
          notifyDone(t('stepDone', { number: done.number, status: status(done.status) }))
          setAsking(null)
          setNote('')
        },
        onError: notifyProblem,
      },
    )
  const [next, ...others] = stepsOf(order.status)
  const asksWhy = (step: OrderStep) => step === 'cancel' || step === 'reject' || step === 'close'
  const off = (step: OrderStep) => {
    const permission = step === 'approve' || step === 'reject' ? 'purchasing.approve' : 'purchasing.write'
    return can(permission) ? undefined : ui('notAllowed', { permission })
  }
  const press = (step: OrderStep) => (asksWhy(step) ? setAsking(step) : run(step))
  return (
    <>
      <Button
        component="a"
        href={`/purchase-orders/${order.id}/print`}
        target="_blank"
        variant="default"
        leftSection={<IconPrinter size={16} stroke={1.7} />}
      >
        {t('print')}
      </Button>
      {others.map(step => (
        <ActionButton key={step} variant="default" disabledReason={off(step)} onClick={() => press(step)}>
          {t(step)}
        </ActionButton>
      ))}
      {next && (
        <ActionButton
          variant={canReceive(order.status) ? 'default' : 'filled'}
          disabledReason={off(next)}
          loading={move.isPending && asking === null}
          onClick={() => press(next)}
        >
          {t(next)}
        </ActionButton>
      )}
      {canReceive(order.status) && (
        <Button
          component={Link}
          to={`/purchase-orders/${order.id}/receive`}
          leftSection={<IconPackageImport size={16} stroke={1.7} />}
        >
          {t('receiveButton')}
        </Button>
      )}
      <Modal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={asking ? `${t(asking)}: ${order.number}` : ''}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <TextInput
          label={t('note')}
          value={note}
          data-autofocus
          onChange={event => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(null)}>
            {ui('cancel')}
          </Button>
          <Button
            color={asking === 'close' ? undefined : 'red'}
            loading={move.isPending}
            onClick={() => asking && run(asking)}
          >
            {asking && t(asking)}
          </Button>
        </Group>
      </Modal>
    </>
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
  const format = useFormat()
  const receipts = useReceipts(order.id)
  const [reversing, setReversing] = useState<GoodsReceipt | null>(null)
  return (
    <Panel title={t('receipts')}>
      <QueryView query={receipts}>
        {page =>
          page.items.length > 0 ? (
            <DataTable
              label={t('receipts')}
              rows={page.items}
              rowKey={receipt => receipt.id}
              faded={receipt => receipt.reversed_at != null}
              columns={[
                {
                  title: t('number'),
                  cell: receipt => (
                    <Anchor component={Link} to={`/stock-movements/${receipt.movement_id}`} fz="sm">
                      {receipt.number}
                    </Anchor>
                  ),
                },
                { title: t('received'), cell: receipt => format.dateTime(receipt.created_at) },
                {
                  title: t('note'),
                  wide: true,
                  cell: receipt => [receipt.actor, receipt.note].filter(Boolean).join(' · '),
                },
                {
                  title: t('reverse'),
                  align: 'right',
                  cell: receipt =>
                    receipt.reversed_at ? (
                      t('reversed')
                    ) : (
                      <Button size="compact-xs" variant="subtle" onClick={() => setReversing(receipt)}>
                        {t('reverse')}
                      </Button>
                    ),
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
      <ReverseDialog receipt={reversing} onClose={() => setReversing(null)} />
    </Panel>
  )
}

function ReverseDialog({ receipt, onClose }: { receipt: GoodsReceipt | null; onClose: () => void }) {
  const t = useTexts(orderTexts)
  const ui = useTexts(uiTexts)
  const reverse = useReverseReceipt()
  const [reason, setReason] = useState('')
  return (
    <Modal
      opened={receipt !== null}
      onClose={onClose}
      title={`${t('reverse')}: ${receipt?.number ?? ''}`}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <TextInput
        label={t('reverseReason')}
        value={reason}
        data-autofocus
        onChange={event => setReason(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {ui('cancel')}
        </Button>
        <Button
          color="red"
          loading={reverse.isPending}
          disabled={reason.trim() === ''}
          onClick={() =>
            receipt &&
            reverse.mutate(
              { id: receipt.id, reason: reason.trim() },
              {
                onSuccess: done => {
                  notifyDone(t('reverseDone', { number: done.number }))
                  setReason('')
                  onClose()
                },
                onError: notifyProblem,
              },
            )
          }
        >
          {t('reverse')}
        </Button>
      </Group>
    </Modal>
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
