import { Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { GoodsReceipt } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { FormModal } from '~/ui/FormModal'
import { notifyDone, problemText } from '~/ui/problems'
import { useReverseReceipt } from './api'
import { receiptTexts } from './texts'

interface UndoReceiptProps {
  receipt: GoodsReceipt
  /** On the button; its number is said to screen readers. */
  text: string
  size?: 'compact-xs' | 'xs' | 'sm'
}

/** Undoes a receipt by its reversal. When that cannot be, the button says why. */
export function UndoReceipt({ receipt, text, size = 'xs' }: UndoReceiptProps) {
  const t = useTexts(receiptTexts)
  const [open, setOpen] = useState(false)
  const reason = receipt.reversed_at ? t('undoneBefore') : undefined
  return (
    <>
      <ActionButton
        size={size}
        variant="default"
        needs="purchasing.receive"
        disabledReason={reason}
        aria-label={`${text}: ${receipt.number}`}
        onClick={() => setOpen(true)}
      >
        {text}
      </ActionButton>
      {open && <UndoDialog receipt={receipt} onClose={() => setOpen(false)} />}
    </>
  )
}

function UndoDialog({ receipt, onClose }: { receipt: GoodsReceipt; onClose: () => void }) {
  const t = useTexts(receiptTexts)
  const reverse = useReverseReceipt()
  const [reason, setReason] = useState(() => t('undoDefault'))
  const [fault, setFault] = useState<string | null>(null)
  return (
    <FormModal
      title={t('undoOf', { number: receipt.number })}
      submitText={t('undo')}
      danger
      fault={fault}
      loading={reverse.isPending}
      onClose={onClose}
      onSubmit={event => {
        event.preventDefault()
        if (reason.trim() === '') return setFault(t('whyNeeded'))
        // The button may be gone once the list is read anew: what follows does not depend on it.
        reverse.mutateAsync({ id: receipt.id, reason: reason.trim() }).then(
          done => {
            notifyDone(t('undone', { number: done.number }))
            onClose()
          },
          error => setFault(problemText(error)),
        )
      }}
    >
      <Text fz="sm">{t('undoText')}</Text>
      <TextInput
        label={t('undoReason')}
        value={reason}
        maxLength={200}
        data-autofocus
        onChange={event => setReason(event.currentTarget.value)}
      />
    </FormModal>
  )
}
