import { Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useEffect } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { RowsSkeleton } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { scannerTexts } from './scannerTexts'

const ScannerForm = lazy(async () => ({ default: (await import('./ScannerForm')).ScannerForm }))
const OPEN = 'stockbook-scanner-settings'

export function openScannerSettings(): void {
  window.dispatchEvent(new Event(OPEN))
}

/** The settings of the scanner. */
export function ScannerDialog() {
  const t = useTexts(scannerTexts)
  const ui = useTexts(uiTexts)
  const [opened, { open, close }] = useDisclosure(false)
  useEffect(() => {
    window.addEventListener(OPEN, open)
    return () => window.removeEventListener(OPEN, open)
  }, [open])
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('title')}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <Suspense fallback={<RowsSkeleton rows={4} />}>
        <ScannerForm />
      </Suspense>
    </Modal>
  )
}
