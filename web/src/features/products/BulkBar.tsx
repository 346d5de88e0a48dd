import { Alert, Button, Group, List, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArchive, IconDownload, IconTag, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { notifyDone, notifyProblem, problemText } from '~/ui/problems'
import { RowsSkeleton } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { type Archived, useArchiveMany } from './bulkApi'
import { bulkTexts } from './bulkTexts'
import classes from './ProductsPage.module.css'
import type { ProductSearch } from './search'

/** With its calendar, which few need. */
const PriceChangeForm = lazy(async () => ({ default: (await import('./PriceChangeForm')).PriceChangeForm }))

interface BulkBarProps {
  selected: readonly Product[]
  search: ProductSearch
  onExport: () => void
  onClear: () => void
}

/** What can be done with the chosen products. */
export function BulkBar({ selected, search, onExport, onClear }: BulkBarProps) {
  const t = useTexts(bulkTexts)
  const ui = useTexts(uiTexts)
  const [pricing, price] = useDisclosure(false)
  const [archiving, archive] = useDisclosure(false)
  return (
    <section className={classes.bulk} aria-label={t('actions')}>
      <Text fz="sm" fw={600}>
        {t('selected', { count: selected.length })}
      </Text>
      <ActionButton
        size="xs"
        variant="default"
        leftSection={<IconTag size={15} stroke={1.7} />}
        needs="products.write"
        onClick={price.open}
      >
        {t('changePrices')}
      </ActionButton>
      <ActionButton
        size="xs"
        variant="default"
        leftSection={<IconArchive size={15} stroke={1.7} />}
        needs="products.write"
        onClick={archive.open}
      >
        {t('archive')}
      </ActionButton>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} stroke={1.7} />}
        onClick={onExport}
      >
        {t('exportSelected')}
      </Button>
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={15} stroke={1.7} />}
        onClick={onClear}
      >
        {t('clear')}
      </Button>
      <Modal
        opened={pricing}
        onClose={price.close}
        title={t('changePrices')}
        size="lg"
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <Suspense fallback={<RowsSkeleton />}>
          <PriceChangeForm selected={selected} search={search} onDone={price.close} />
        </Suspense>
      </Modal>
      <Modal
        opened={archiving}
        onClose={archive.close}
        title={t('archiveTitle', { count: selected.length })}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <ArchiveMany selected={selected} onDone={archive.close} onClear={onClear} />
      </Modal>
    </section>
  )
}

interface ArchiveManyProps {
  selected: readonly Product[]
  onDone: () => void
  onClear: () => void
}

function ArchiveMany({ selected, onDone, onClear }: ArchiveManyProps) {
  const t = useTexts(bulkTexts)
  const ui = useTexts(uiTexts)
  const archive = useArchiveMany()
  const [ended, setEnded] = useState<Archived | null>(null)
  const run = () =>
    archive.mutate(selected, {
      onSuccess: result => {
        if (result.done > 0) notifyDone(t('archived', { count: result.done }))
        if (result.refused.length > 0) return setEnded(result)
        onDone()
        onClear()
      },
      onError: notifyProblem,
    })
  return (
    <>
      {ended ? (
        <Alert color="red" role="alert" title={t('notArchived', { count: ended.refused.length })}>
          <List size="sm" mah={240} style={{ overflowY: 'auto' }}>
            {ended.refused.map(({ product, error }) => (
              <List.Item key={product.id}>
                {product.name}: {problemText(error)}
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : (
        <Text fz="sm">{t('archiveText')}</Text>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onDone}>
          {ended ? ui('close') : ui('cancel')}
        </Button>
        {!ended && (
          <Button color="red" loading={archive.isPending} onClick={run}>
            {t('archive')}
          </Button>
        )}
      </Group>
    </>
  )
}
