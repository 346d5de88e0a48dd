import { Button, Menu, Text, TextInput } from '@mantine/core'
import {
  IconCopy,
  IconDots,
  IconFileX,
  IconPackageImport,
  IconPencil,
  IconPrinter,
} from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { PurchaseOrder } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { FormModal } from '~/ui/FormModal'
import { orderStatusTexts } from '~/ui/orderStatus'
import { notifyDone, notifyProblem, problemText } from '~/ui/problems'
import { useLeadOn } from '~/ui/useLeadOn'
import { useDuplicateOrder, useOrderStep } from './api'
import { canReceive, type OrderStep, stepsOf } from './search'
import { orderTexts } from './texts'

/** What can be done with an order now: the next step as a button, what is seldom done in a menu. */
export function OrderSteps({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const status = useTexts(orderStatusTexts)
  const navigate = useNavigate()
  const move = useOrderStep()
  const [asking, setAsking] = useState<OrderStep | null>(null)
  const steps = stepsOf(order.status)
  const run = (step: OrderStep) =>
    asksWhy(step)
      ? setAsking(step)
      : move.mutate(
          { order, step, note: '' },
          {
            onSuccess: done =>
              notifyDone(t('stepDone', { number: done.number, status: status(done.status) })),
            onError: notifyProblem,
          },
        )
  const open = canReceive(order.status)
  return (
    <>
      <More order={order} onCancel={steps.includes('cancel') ? () => setAsking('cancel') : null} />
      {order.status === 'draft' && (
        <ActionButton
          variant="default"
          leftSection={<IconPencil size={16} stroke={1.7} aria-hidden />}
          needs="purchasing.write"
          onClick={() =>
            void navigate({
              to: '/purchase-orders/$orderId/edit',
              params: { orderId: String(order.id) },
            })
          }
        >
          {t('edit')}
        </ActionButton>
      )}
      {steps
        .filter(step => step !== 'cancel')
        .toReversed()
        .map(step => (
          <ActionButton
            key={step}
            variant={step === steps[0] && !open ? 'filled' : 'default'}
            needs={needOf(step)}
            loading={move.isPending && asking === null && !asksWhy(step)}
            onClick={() => run(step)}
          >
            {t(step)}
          </ActionButton>
        ))}
      {open && (
        <ActionButton
          leftSection={<IconPackageImport size={16} stroke={1.7} aria-hidden />}
          needs="purchasing.receive"
          onClick={() =>
            void navigate({
              to: '/purchase-orders/$orderId/receive',
              params: { orderId: String(order.id) },
            })
          }
        >
          {t('receiveButton')}
        </ActionButton>
      )}
      {asking && <WhyForm order={order} step={asking} onClose={() => setAsking(null)} />}
    </>
  )
}

/** The permission that a step asks for. */
function needOf(step: OrderStep): string {
  return step === 'approve' || step === 'reject' ? 'purchasing.approve' : 'purchasing.write'
}

function asksWhy(step: OrderStep): boolean {
  return step === 'cancel' || step === 'reject' || step === 'close'
}

interface MoreProps {
  order: PurchaseOrder
  /** Null where it cannot be cancelled. */
  onCancel: (() => void) | null
}

function More({ order, onCancel }: MoreProps) {
  const t = useTexts(orderTexts)
  const leadOn = useLeadOn()
  const duplicate = useDuplicateOrder()
  const mayWrite = useCan()('purchasing.write')
  const copy = async () => {
    try {
      const made = await duplicate.mutateAsync(order.id)
      notifyDone(t('duplicated', { number: made.number, from: order.number }))
      await leadOn({ to: '/purchase-orders/$orderId/edit', params: { orderId: String(made.id) } })
    } catch (error) {
      notifyProblem(error)
    }
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px={9} aria-label={t('more')} loading={duplicate.isPending}>
          <IconDots size={18} stroke={1.7} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component="a"
          href={`/purchase-orders/${order.id}/print`}
          target="_blank"
          leftSection={<IconPrinter size={16} stroke={1.7} aria-hidden />}
        >
          {t('print')}
        </Menu.Item>
        {mayWrite && (
          <Menu.Item
            leftSection={<IconCopy size={16} stroke={1.7} aria-hidden />}
            onClick={() => void copy()}
          >
            {t('duplicate')}
          </Menu.Item>
        )}
        <Menu.Item
          component={Link}
          to={`/goods-receipts?purchase_order_id=${order.id}`}
          leftSection={<IconPackageImport size={16} stroke={1.7} aria-hidden />}
        >
          {t('receipts')}
        </Menu.Item>
        {onCancel && mayWrite && (
          <Menu.Item
            color="red"
            leftSection={<IconFileX size={16} stroke={1.7} aria-hidden />}
            onClick={onCancel}
          >
            {t('cancel')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Why an order is cancelled, rejected or closed: it stands in its history for ever. */
function WhyForm({ order, step, onClose }: { order: PurchaseOrder; step: OrderStep; onClose: () => void }) {
  const t = useTexts(orderTexts)
  const status = useTexts(orderStatusTexts)
  const move = useOrderStep()
  const [note, setNote] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const part = order.status === 'partially_received'
  const text = {
    cancel: part ? t('cancelRest') : t('cancelText', { supplier: order.supplier.name }),
    reject: t('rejectText'),
    close: part ? t('closeRest') : t('closeText'),
  }[step as 'cancel' | 'reject' | 'close']
  return (
    <FormModal
      title={`${t(step)}: ${order.number}`}
      submitText={t(step)}
      danger={step !== 'close'}
      fault={fault}
      loading={move.isPending}
      onClose={onClose}
      onSubmit={event => {
        event.preventDefault()
        if (step !== 'close' && note.trim() === '') return setFault(t('whyNeeded'))
        move.mutateAsync({ order, step, note: note.trim() }).then(
          done => {
            notifyDone(t('stepDone', { number: done.number, status: status(done.status) }))
            onClose()
          },
          error => setFault(problemText(error)),
        )
      }}
    >
      <Text fz="sm">{text}</Text>
      <TextInput
        label={t('why')}
        required={step !== 'close'}
        value={note}
        maxLength={2000}
        data-autofocus
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormModal>
  )
}
