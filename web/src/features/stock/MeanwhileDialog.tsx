import { Button, Group, Modal, Text } from '@mantine/core'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { uiTexts } from '~/ui/texts'
import { stockTexts } from './texts'

interface MeanwhileDialogProps {
  /** What the person saw, and what is there now; null: nothing has changed. */
  change: { seen: number; now: number } | null
  name: string
  /** What will be there after the person's change, from what is there now. */
  after: (now: number) => number
  pending: boolean
  onApply: (now: number) => void
  onClose: () => void
}

/** Somebody else was faster: says from what to what, and lets the person decide. */
export function MeanwhileDialog({ change, name, after, pending, onApply, onClose }: MeanwhileDialogProps) {
  const t = useTexts(stockTexts)
  const ui = useTexts(uiTexts)
  const format = useFormat()
  const seen = format.quantity(change?.seen ?? 0)
  const now = format.quantity(change?.now ?? 0)
  return (
    <Modal
      opened={change !== null}
      onClose={onClose}
      title={t('meanwhileTitle', { before: seen, now })}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <Text fz="sm">{t('meanwhileText', { before: seen, now, name })}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('meanwhileLook')}
        </Button>
        {change && (
          <Button loading={pending} onClick={() => onApply(change.now)}>
            {t('meanwhileApply', { now, after: format.quantity(after(change.now)) })}
          </Button>
        )}
      </Group>
    </Modal>
  )
}
