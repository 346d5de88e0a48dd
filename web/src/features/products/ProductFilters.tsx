import { Button, Checkbox, Chip, Group, Popover, Select, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconColumns3, IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useStored } from '~/stored'
import type { GridColumn } from '~/ui/DataGrid'
import { useCategories, useWarehouses } from './api'
import { hiddenColumns } from './hidden'
import type { ProductSearch } from './search'
import { productTexts } from './texts'

/** Letters that come faster are asked for together. The first one after a while is asked for at once. */
const TYPING_MS = 40

interface ProductFiltersProps {
  search: ProductSearch
  onChange: (change: { [Key in keyof ProductSearch]?: ProductSearch[Key] | undefined }) => void
  columns: readonly GridColumn<Product>[]
}

export function ProductFilters({ search, onChange, columns }: ProductFiltersProps) {
  const t = useTexts(productTexts)
  const categories = useCategories().data ?? []
  const warehouses = useWarehouses().data ?? []
  return (
    <Group gap="xs" mb="sm">
      <SearchField q={search.q ?? ''} onChange={q => onChange({ q: q || undefined })} />
      <Select
        aria-label={t('category')}
        placeholder={t('allCategories')}
        data={categories.map(category => ({ value: String(category.id), label: category.path }))}
        value={search.category_id ? String(search.category_id) : null}
        onChange={id => onChange({ category_id: id ? Number(id) : undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('allCategories') }}
        w={{ base: '100%', xs: 210 }}
        visibleFrom="xs"
      />
      <Select
        aria-label={t('warehouse')}
        placeholder={t('allWarehouses')}
        data={warehouses.map(warehouse => ({
          value: warehouse.code,
          label: `${warehouse.code} · ${warehouse.name}`,
        }))}
        value={search.warehouse ?? null}
        onChange={code => onChange({ warehouse: code ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': t('allWarehouses') }}
        w={{ base: '100%', xs: 200 }}
        visibleFrom="xs"
      />
      <Chip
        checked={search.low_stock ?? false}
        onChange={checked => onChange({ low_stock: checked || undefined })}
        radius="sm"
        variant="outline"
      >
        {t('lowStock')}
      </Chip>
      <Chip
        checked={search.archived ?? false}
        onChange={checked => onChange({ archived: checked || undefined })}
        radius="sm"
        variant="outline"
      >
        {t('archived')}
      </Chip>
      <ColumnChoice columns={columns} />
    </Group>
  )
}

/** The field is ahead of the address, which follows a moment after the last key. */
function SearchField({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const t = useTexts(productTexts)
  const [text, setText] = useState(q)
  const sent = useRef(q)
  const typedMs = useRef(0)
  const send = (value: string) => {
    sent.current = value
    onChange(value)
  }
  const sendLater = useDebouncedCallback(send, TYPING_MS)
  const typed = (value: string, atMs: number) => {
    sendLater.cancel()
    const isFirst = atMs - typedMs.current > TYPING_MS
    typedMs.current = atMs
    if (isFirst) send(value)
    else sendLater(value)
  }
  useEffect(() => {
    // Somebody went back, or cleared the filters.
    if (q !== sent.current) {
      sent.current = q
      setText(q)
    }
  }, [q])
  return (
    <TextInput
      type="search"
      aria-label={t('search')}
      placeholder={t('searchHint')}
      leftSection={<IconSearch size={16} stroke={1.8} />}
      value={text}
      onChange={event => {
        setText(event.currentTarget.value)
        typed(event.currentTarget.value.trim(), event.timeStamp)
      }}
      style={{ flex: '1 1 13rem' }}
      miw={{ base: '16rem', xs: 0 }}
      maw={{ xs: 440 }}
    />
  )
}

function ColumnChoice({ columns }: { columns: readonly GridColumn<Product>[] }) {
  const t = useTexts(productTexts)
  const hidden = useStored(hiddenColumns)
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          visibleFrom="lg"
          ml="auto"
          leftSection={<IconColumns3 size={16} stroke={1.7} />}
        >
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {columns.slice(1).map(column => (
            <Checkbox
              key={column.id}
              label={column.title}
              checked={!hidden.includes(column.id)}
              onChange={event =>
                hiddenColumns.set(
                  event.currentTarget.checked
                    ? hidden.filter(id => id !== column.id)
                    : [...hidden, column.id],
                )
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
