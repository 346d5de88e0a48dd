import { Button, Modal } from '@mantine/core'
import { IconDownload, IconPlus, IconRefreshAlert } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Product } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { notifyDone, notifyProblem, notifyRefused } from '~/ui/problems'
import { RowsSkeleton } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { exportList } from './exportProducts'
import { formTexts } from './formTexts'
import type { ProductSearch } from './search'
import { productTexts } from './texts'

const ProductForm = lazy(async () => ({ default: (await import('./ProductForm')).ProductForm }))

interface PageActionsProps {
  search: ProductSearch
  /** Columns that are shown, by id. */
  columns: readonly string[]
  /** Whether the form of a new product is open. */
  creating: boolean
  onCreating: (on: boolean) => void
  onCreated: (product: Product) => void
}

/** What can be done with the list: save it, and add to it. */
export function PageActions({ search, columns, creating, onCreating, onCreated }: PageActionsProps) {
  const t = useTexts(productTexts)
  const form = useTexts(formTexts)
  const ui = useTexts(uiTexts)
  const can = useCan()
  const [exporting, setExporting] = useState(false)
  const save = async () => {
    setExporting(true)
    try {
      const { count, whole } = await exportList(search, columns)
      if (whole) notifyDone(t('exported', { count }))
      else notifyRefused(t('exportedPart', { count }), t('exportedPartHint'))
    } catch (error) {
      notifyProblem(error)
    } finally {
      setExporting(false)
    }
  }
  return (
    <>
      <Button
        variant="default"
        visibleFrom="sm"
        leftSection={<IconDownload size={16} stroke={1.7} />}
        loading={exporting}
        onClick={() => void save()}
      >
        {t('export')}
      </Button>
      {search.low_stock && can('purchasing.read') && (
        <Button
          component={Link}
          to="/replenishment"
          search={(search.warehouse ? { warehouse: search.warehouse } : {}) as never}
          variant="default"
          leftSection={<IconRefreshAlert size={16} stroke={1.7} />}
        >
          {t('reorder')}
        </Button>
      )}
      <ActionButton
        leftSection={<IconPlus size={16} stroke={2} />}
        needs="products.write"
        onClick={() => onCreating(true)}
      >
        {t('newProduct')}
      </ActionButton>
      <Modal
        opened={creating && can('products.write')}
        onClose={() => onCreating(false)}
        title={form('newTitle')}
        size="lg"
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <Suspense fallback={<RowsSkeleton />}>
          <ProductForm product={null} onDone={onCreated} onCancel={() => onCreating(false)} />
        </Suspense>
      </Modal>
    </>
  )
}
