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
  /** Called with the code once a product has it, with null if it is left. */
  onResolved: (code: string | null) => void
}

/** A barcode that no product has: make a product of it, or give it to one. Scans go on meanwhile. */
export function UnknownDialog({ code, onResolved }: UnknownDialogProps) {
  const t = useTexts(scanTexts)
  const ui = useTexts(uiTexts)
  return (
    <Modal
      opened={code !== null}
      onClose={() => onResolved(null)}
      title={t('unknownTitle', { code: code ?? '' })}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      {code !== null && <Choice key={code} code={code} onResolved={onResolved} />}
    </Modal>
  )
}

function Choice({ code, onResolved }: { code: string; onResolved: (code: string | null) => void }) {
  const t = useTexts(scanTexts)
  const [creating, setCreating] = useState(false)
  const update = useUpdateProduct()
  const assign = ({ id, version }: Product) =>
    update.mutate(
      { id, version, change: { barcode: code } },
      {
        onSuccess: product => {
          notifyDone(t('assigned', { name: product.name, code }))
          onResolved(code)
        },
        onError: notifyProblem,
      },
    )
  if (creating) {
    return (
      <ProductForm
        product={null}
        barcode={code}
        onDone={() => onResolved(code)}
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
      <Button variant="default" onClick={() => onResolved(null)}>
        {t('skip')}
      </Button>
    </Stack>
  )
}
