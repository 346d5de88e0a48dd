import { Autocomplete, Button, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useLevels } from '~/features/stock/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { uiTexts } from '~/ui/texts'
import { nameLot, nextLot, type ScanLine } from './session'
import { sessionStore } from './store'
import { scanTexts } from './texts'
import { onHandAt } from './useScanning'

interface LotDialogProps {
  /** Whose lot is named; null: nobody's. */
  line: ScanLine | null
  onClose: () => void
}

/** Names the lot of what was scanned: what is scanned while it is open is the label of the lot. */
export function LotDialog({ line, onClose }: LotDialogProps) {
  const t = useTexts(scanTexts)
  const ui = useTexts(uiTexts)
  return (
    <Modal
      opened={line !== null}
      onClose={onClose}
      title={t('lotOf', { name: line?.product?.name ?? '' })}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      {line && <LotForm line={line} onClose={onClose} />}
    </Modal>
  )
}

function LotForm({ line, onClose }: { line: ScanLine; onClose: () => void }) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const levels = useLevels(line.product?.id ?? null).data ?? []
  const [lot, setLot] = useState(line.lot ?? '')
  const known = [...new Set(levels.flatMap(level => level.lot ?? []))]
  const hereOf = (one: string | null) => (line.place ? onHandAt(levels, line.place, one) : 0)
  const take = (name: string) => {
    const chosen = name.trim() || null
    const expected = line.expected === null && chosen === null ? null : hereOf(chosen)
    const session = sessionStore.get()
    sessionStore.set(nameLot(session, line, chosen, session.mode === 'count' ? expected : null))
    onClose()
  }
  useScanner(code => {
    play('done')
    take(code)
  })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        take(lot)
      }}
    >
      <Stack gap="sm">
        <Text fz="sm">{t('lotText', { name: line.product?.name ?? '' })}</Text>
        <Autocomplete
          label={t('lot')}
          size="md"
          data={known}
          maxLength={100}
          value={lot}
          data-autofocus
          spellCheck={false}
          openOnFocus={false}
          renderOption={({ option }) =>
            t('lotThere', { lot: option.value, quantity: format.quantity(hereOf(option.value)) })
          }
          onChange={setLot}
        />
        <Button type="submit" size="md">
          {t('lotSet')}
        </Button>
        {line.lot !== null && (
          <Button
            variant="default"
            onClick={() => {
              sessionStore.set(nextLot(sessionStore.get(), line))
              onClose()
            }}
          >
            {t('lotAnother')}
          </Button>
        )}
      </Stack>
    </form>
  )
}
