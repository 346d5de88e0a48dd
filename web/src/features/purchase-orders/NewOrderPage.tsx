import { Alert, Select } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useWarehouses } from '~/features/products/api'
import { lineFaults } from '~/features/stock/preview'
import { useSuppliers } from '~/features/suppliers/api'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { PageHeader } from '~/ui/PageHeader'
import { notifyDone, useProblemText } from '~/ui/problems'
import { useLeadOn } from '~/ui/useLeadOn'
import { useCreateOrder } from './api'
import { type Draft, EMPTY_DRAFT, isComplete, linesOf, withoutCosts } from './draft'
import { draftTexts } from './draftTexts'
import { LeaveGuard } from './LeaveGuard'
import { OrderEditor } from './OrderEditor'
import { orderTexts } from './texts'

const route = getRouteApi('/shell/purchase-orders/new')

/** A draft: from whom, where to, and what. */
export function NewOrderPage() {
  const t = useTexts(draftTexts)
  const order = useTexts(orderTexts)
  const text = useProblemText()
  const leadOn = useLeadOn()
  const suppliers = useSuppliers().data ?? []
  const first = useWarehouses().data?.find(one => !one.archived)?.code ?? null
  const create = useCreateOrder()
  const [chosen, setChosen] = useState<number | null>(route.useSearch().supplier_id ?? null)
  const [written, setWritten] = useState<Draft>(EMPTY_DRAFT)
  const supplier = suppliers.find(one => one.id === chosen) ?? null
  const draft = { ...written, warehouse: written.warehouse ?? first }
  const reason =
    supplier === null
      ? t('supplierFirst')
      : draft.lines.length === 0
        ? t('noLines')
        : isComplete(draft)
          ? undefined
          : t('noQuantity')
  const save = async () => {
    if (!supplier || draft.warehouse === null) return
    try {
      const made = await create.mutateAsync({
        supplier_id: supplier.id,
        warehouse: draft.warehouse,
        lines: linesOf(draft),
        ...(draft.expectedOn && { expected_on: draft.expectedOn }),
        ...(draft.note.trim() && { note: draft.note.trim() }),
      })
      notifyDone(t('created', { number: made.number }))
      await leadOn({
        to: '/purchase-orders/$orderId',
        params: { orderId: String(made.id) },
        ignoreBlocker: true,
      })
    } catch {
      // it is shown above the form
    }
  }
  return (
    <>
      <PageHeader
        title={t('newOrder')}
        above={[{ to: '/purchase-orders', title: order('title') }]}
        actions={
          <ActionButton disabledReason={reason} loading={create.isPending} onClick={() => void save()}>
            {t('create')}
          </ActionButton>
        }
      />
      {create.isError && (
        <Alert color="red" role="alert" mb="sm">
          {text(create.error)}
        </Alert>
      )}
      <OrderEditor
        supplier={supplier}
        draft={draft}
        onDraft={change => setWritten(before => change({ ...before, warehouse: before.warehouse ?? first }))}
        faults={lineFaults(create.error)}
      >
        <Select
          label={t('supplier')}
          required
          searchable
          data={suppliers.map(one => ({ value: String(one.id), label: one.name }))}
          value={chosen === null ? null : String(chosen)}
          allowDeselect={false}
          onChange={id => {
            if (id === null || Number(id) === chosen) return
            setChosen(Number(id))
            setWritten(withoutCosts) // they were another supplier's
          }}
        />
      </OrderEditor>
      <LeaveGuard dirty={draft.lines.length > 0} />
    </>
  )
}
