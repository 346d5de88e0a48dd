import { Button, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Product } from '~/api/schema.gen'
import { useUpdateProduct } from '~/features/products/api'
import { ProductForm } from '~/features/products/ProductForm'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useTexts } from '~/i18n/catalogue'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { scanTexts } from './texts'

interface UnknownDialogProps {
  /** What nobody knows; null: nothing. */
  code: string | null
  /** Called once a product has this code, or if it is left. */
  onResolved: (code: string, assigned: boolean) => void
}

/** A barcode that no product has: make a product of it, or give it to one. Scans go on meanwhile. */
export function UnknownDialog({ code, onResolved }: UnknownDialogProps) {
  const t = useTexts(scanTexts)
  const ui = useTexts(uiTexts)
  return (
    <Modal
      opened={code !== null}
      onClose={() => code !== null && onResolved(code, false)}
      title={t('unknownTitle', { code: code ?? '' })}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      {code !== null && <Choice key={code} code={code} onResolved={onResolved} />}
    </Modal>
  )
}

function Choice({ code, onResolved }: UnknownDialogProps & { code: string }) {
  const t = useTexts(scanTexts)
  const [creating, setCreating] = useState(false)
  const update = useUpdateProduct()
  const assign = ({ id, version }: Product) =>
    update.mutate(
      { id, version, change: { barcode: code } },
      {
        onSuccess: product => {
          notifyDone(t('assigned', { name: product.name, code }))
          onResolved(code, true)
        },
        onError: notifyProblem,
      },
    )
  if (creating) {
    return (
      <ProductForm
        product={null}
        barcode={code}
        onDone={() => onResolved(code, true)}
        onCancel={() => setCreating(false)}
      />
    )
  }
  return (
    <Stack gap="md">
      <Text fz="sm">{t('unknownText')}</Text>
      <Button size="md" onClick={() => setCreating(true)}>
        {t('create')}
      </Button>
      <ProductPicker label={t('assign')} onPick={assign} />
      <Button variant="default" onClick={() => onResolved(code, false)}>
        {t('skip')}
      </Button>
    </Stack>
  )
}
