import { Button } from '@mantine/core'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ComponentProps } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { DataTable, type TableColumn } from './DataTable'
import { EmptyState } from './EmptyState'
import panel from './Panel.module.css'
import { LoadFailed, RowsSkeleton } from './QueryView'
import { uiTexts } from './texts'

interface Page<Row> {
  items: Row[]
  next_cursor: string | null
}

interface ListPanelProps<Row> {
  /** What the list is, for screen readers. */
  label: string
  list: UseInfiniteQueryResult<InfiniteData<Page<Row>>>
  columns: readonly TableColumn<Row>[]
  rowKey: (row: Row) => string | number
  faded?: (row: Row) => boolean
  /** What is said where there is nothing. */
  empty: ComponentProps<typeof EmptyState>
}

/** A list that is read page by page: rows to come, rows, none, or why they cannot be read. */
export function ListPanel<Row>({ label, list, columns, rowKey, faded, empty }: ListPanelProps<Row>) {
  const t = useTexts(uiTexts)
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className={panel.panel}>
      {list.isError && list.data === undefined ? (
        <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <RowsSkeleton rows={10} />
      ) : rows.length === 0 && !list.hasNextPage ? (
        <EmptyState {...empty} />
      ) : (
        <DataTable label={label} columns={columns} rows={rows} rowKey={rowKey} {...(faded && { faded })} />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          mt="sm"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('loadMore')}
        </Button>
      )}
    </div>
  )
}
