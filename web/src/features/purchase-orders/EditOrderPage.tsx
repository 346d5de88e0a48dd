import { Alert, Button, Group } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing, Problem } from '~/api/problem'
import type { PurchaseOrder } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { lineFaults } from '~/features/stock/preview'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { orderStatusTexts } from '~/ui/orderStatus'
import { PageHeader } from '~/ui/PageHeader'
import { notifyDone, useProblemText } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { useLeadOn } from '~/ui/useLeadOn'
import { readOrder, useCreateOrder, useOrder, useUpdateOrder } from './api'
import { changeOf, type Draft, draftOf, isComplete, isSameDraft, linesOf } from './draft'
import { draftTexts } from './draftTexts'
import { LeaveGuard } from './LeaveGuard'
import { MergeDialog } from './MergeDialog'
import { OrderEditor } from './OrderEditor'
import { orderTexts } from './texts'

const route = getRouteApi('/shell/purchase-orders/$orderId/edit')

export function EditOrderPage() {
  const query = useOrder(Number(route.useParams().orderId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{order => <EditOrder key={order.id} latest={order} />}</QueryView>
}

/**
 * A draft is edited. What somebody else saves meanwhile is told, and both are put together as the person chooses: what
 * was typed stays until it is saved.
 */
function EditOrder({ latest }: { latest: PurchaseOrder }) {
  const t = useTexts(draftTexts)
  const list = useTexts(orderTexts)
  const text = useProblemText()
  const leadOn = useLeadOn()
  const update = useUpdateOrder()
  const [base, setBase] = useState(latest)
  const [draft, setDraft] = useState<Draft>(() => draftOf(latest))
  const [theirs, setTheirs] = useState<PurchaseOrder | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const unchanged = isSameDraft(draftOf(base), draft)
  const editable = latest.status === 'draft'

  const save = async (version: number, before: PurchaseOrder, now: Draft) => {
    setFault(null)
    try {
      const change = changeOf(draftOf(before), now)
      const saved = await update.mutateAsync({ id: base.id, version, change })
      notifyDone(t('saved', { number: saved.number }))
      await leadOn({
        to: '/purchase-orders/$orderId',
        params: { orderId: String(saved.id) },
        ignoreBlocker: true,
      })
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) {
        setTheirs(null)
        return setFault(error)
      }
      await readOrder(base.id).then(
        found => setTheirs(found.status === 'draft' ? found : null),
        setFault, // what they have is asked for by the next try
      )
    }
  }
  const reason = !editable
    ? t('notDraft', { number: base.number })
    : draft.lines.length === 0
      ? t('noLines')
      : !isComplete(draft)
        ? t('noQuantity')
        : unchanged
          ? t('unchanged')
          : undefined
  return (
    <>
      <PageHeader
        title={t('edit', { number: base.number })}
        above={[
          { to: '/purchase-orders', title: list('title') },
          { to: `/purchase-orders/${base.id}`, title: base.number },
        ]}
        description={base.supplier.name}
        actions={
          <ActionButton
            disabledReason={reason}
            loading={update.isPending}
            onClick={() => void save(base.version, base, draft)}
          >
            {t('save')}
          </ActionButton>
        }
      />
      {fault !== null && (
        <Alert color="red" role="alert" mb="sm">
          {text(fault)}
        </Alert>
      )}
      {!editable && <NotDraft order={latest} draft={draft} typed={!unchanged} />}
      {editable && latest.version !== base.version && !update.isPending && (
        <Alert color="yellow" role="alert" mb="sm">
          <Group justify="space-between" gap="sm">
            {t('meanwhile')}
            <Button size="xs" variant="default" onClick={() => setTheirs(latest)}>
              {t('look')}
            </Button>
          </Group>
        </Alert>
      )}
      {(editable || !unchanged) && (
        <OrderEditor
          supplier={{ id: base.supplier.id, name: base.supplier.name, currency: base.currency }}
          draft={draft}
          onDraft={setDraft}
          faults={lineFaults(fault)}
        />
      )}
      {theirs && (
        <MergeDialog
          base={draftOf(base)}
          mine={draft}
          theirs={draftOf(theirs)}
          currency={theirs.currency}
          pending={update.isPending}
          onSave={both => void save(theirs.version, theirs, both)}
          onBack={both => {
            // What they have and what was typed: from here on it is a change of what they have.
            setBase(theirs)
            setDraft(both)
            setTheirs(null)
          }}
        />
      )}
      <LeaveGuard dirty={!unchanged} />
    </>
  )
}

interface NotDraftProps {
  order: PurchaseOrder
  draft: Draft
  /** Whether anything was typed that would be lost. */
  typed: boolean
}

/** Somebody has submitted or cancelled it meanwhile: what was typed can still become an order. */
function NotDraft({ order, draft, typed }: NotDraftProps) {
  const t = useTexts(draftTexts)
  const status = useTexts(orderStatusTexts)
  const text = useProblemText()
  const leadOn = useLeadOn()
  const create = useCreateOrder()
  const open = (id: number) =>
    leadOn({ to: '/purchase-orders/$orderId', params: { orderId: String(id) }, ignoreBlocker: true })
  const make = async () => {
    const made = await create.mutateAsync({
      supplier_id: order.supplier.id,
      warehouse: draft.warehouse ?? order.warehouse,
      currency: order.currency,
      lines: linesOf(draft),
      ...(draft.expectedOn && { expected_on: draft.expectedOn }),
      ...(draft.note.trim() && { note: draft.note.trim() }),
    })
    notifyDone(t('created', { number: made.number }))
    await open(made.id)
  }
  return (
    <Alert color="yellow" role="alert" mb="sm" title={t('notDraft', { number: order.number })}>
      {t('notDraftText', { status: status(order.status) })} {typed && t('notDraftTyped')}
      {create.isError && <div className="bad">{text(create.error)}</div>}
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" component={Link} to={`/purchase-orders/${order.id}`}>
          {t('show')}
        </Button>
        {typed && isComplete(draft) && (
          <Button size="xs" loading={create.isPending} onClick={() => void make().catch(() => {})}>
            {t('asNew')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}
