import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useState } from 'react'
import type { MovementKind, StockMovement } from '~/api/schema.gen'
import { useReverseMovement } from '~/features/stock/api'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { movementTexts } from '~/ui/movements'
import { notifyDone, useProblemText } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { movementPageTexts } from './texts'

/** Kinds that belong to a document always: a transfer, a reservation. */
const OF_DOCUMENTS: readonly MovementKind[] = [
  'transfer',
  'transfer_out',
  'transfer_in',
  'reserve',
  'release',
  'fulfil',
  'expire',
]

/** Undoes a movement by its reversal. When that cannot be, the button says why. */
export function UndoButton({ movement, size = 'xs' }: { movement: StockMovement; size?: 'xs' | 'sm' }) {
  const t = useTexts(movementPageTexts)
  const kind = useTexts(movementTexts)
  const ui = useTexts(uiTexts)
  const [opened, { open, close }] = useDisclosure(false)
  const reason =
    movement.reversed_by_movement_id !== null
      ? t('undoneBefore')
      : movement.kind === 'reversal'
        ? t('isReversal')
        : OF_DOCUMENTS.includes(movement.kind)
          ? t('hasDocument')
          : undefined
  return (
    <>
      <ActionButton
        size={size}
        variant="default"
        leftSection={<IconArrowBackUp size={15} stroke={1.7} aria-hidden />}
        needs="stock.move"
        disabledReason={reason}
        aria-label={t('undoOf', { kind: kind(movement.kind), number: String(movement.id) })}
        onClick={open}
      >
        {t('undo')}
      </ActionButton>
      <Modal
        opened={opened}
        onClose={close}
        title={t('undoTitle')}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <UndoForm movement={movement} onDone={close} />
      </Modal>
    </>
  )
}

function UndoForm({ movement, onDone }: { movement: StockMovement; onDone: () => void }) {
  const t = useTexts(movementPageTexts)
  const ui = useTexts(uiTexts)
  const text = useProblemText()
  const reverse = useReverseMovement()
  const [reason, setReason] = useState(() => t('undoDefault'))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        // The button may be gone once the list is read anew: what follows does not depend on it.
        reverse.mutateAsync({ id: movement.id ?? 0, reason: reason.trim() || t('undoDefault') }).then(
          done => {
            notifyDone(t('undoDone', { id: String(done.id) }))
            onDone()
          },
          () => {}, // it is shown above the field
        )
      }}
    >
      <Stack gap="sm">
        <Text fz="sm">{t('undoText')}</Text>
        {reverse.isError && (
          <Alert color="red" role="alert">
            {text(reverse.error)}
          </Alert>
        )}
        <TextInput
          label={t('undoReason')}
          value={reason}
          data-autofocus
          onChange={event => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {ui('cancel')}
          </Button>
          <Button type="submit" loading={reverse.isPending}>
            {t('undo')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
