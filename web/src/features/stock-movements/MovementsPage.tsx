import { Group, Select, Text } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { StockMovement } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataGrid, type GridColumn } from '~/ui/DataGrid'
import { EmptyState } from '~/ui/EmptyState'
import page from '~/ui/ListPage.module.css'
import { movementTexts } from '~/ui/movements'
import { PageHeader } from '~/ui/PageHeader'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { useMovements } from './api'
import { MovementChange } from './MovementChange'
import { KINDS, type MovementSearch } from './search'
import { movementPageTexts } from './texts'
import { UndoButton } from './UndoButton'

const route = getRouteApi('/shell/stock-movements')

export function MovementsPage() {
  const t = useTexts(movementPageTexts)
  const kind = useTexts(movementTexts)
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/stock-movements' })
  const list = useMovements(search)
  const columns = useColumns()
  const warehouses = useWarehouses().data ?? []
  const rows = useMemo(() => list.data?.pages.flatMap(one => one.items) ?? [], [list.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const change = (next: { [Key in keyof MovementSearch]: MovementSearch[Key] | undefined }) =>
    void navigate({
      search: before =>
        Object.fromEntries(
          Object.entries({ ...before, ...next }).filter(([, value]) => value),
        ) as MovementSearch,
      replace: true,
    })
  return (
    <div className={page.page}>
      <PageHeader title={t('title')} description={t('description')} />
      <Group gap="sm" mb="sm">
        <Select
          aria-label={t('kind')}
          placeholder={t('all')}
          data={KINDS.map(one => ({ value: one, label: kind(one) }))}
          value={search.kind ?? null}
          onChange={value => change({ kind: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('all') }}
          style={{ flex: '1 1 9rem' }}
          maw={{ xs: 240 }}
        />
        <Select
          aria-label={t('warehouse')}
          placeholder={t('allWarehouses')}
          data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
          value={search.warehouse ?? null}
          onChange={value => change({ warehouse: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('allWarehouses') }}
          style={{ flex: '1 1 9rem' }}
          maw={{ xs: 240 }}
        />
      </Group>
      <div className={page.list}>
        {list.isError && list.data === undefined ? (
          <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <RowsSkeleton rows={14} height={24} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={IconArrowsExchange}
            title={Object.keys(search).length > 0 ? t('noMatch') : t('emptyTitle')}
            text={t('emptyText')}
          />
        ) : (
          <DataGrid
            label={t('title')}
            rows={rows}
            rowId={one => String(one.id)}
            columns={columns}
            rowHeight={52}
            onEnd={readMore}
            onOpen={one =>
              void navigate({ to: '/stock-movements/$movementId', params: { movementId: String(one.id) } })
            }
            footer={hasNextPage ? t('shownMore', { count: rows.length }) : t('shown', { count: rows.length })}
          />
        )}
      </div>
    </div>
  )
}

function useColumns(): GridColumn<StockMovement>[] {
  const t = useTexts(movementPageTexts)
  const kind = useTexts(movementTexts)
  const format = useFormat()
  return [
    {
      id: 'what',
      title: t('what'),
      width: 'minmax(8rem, 1.4fr)',
      from: 'phone',
      cell: one => (
        <>
          <Text fz="sm" fw={550} truncate>
            {kind(one.kind)}
          </Text>
          <Text fz="xs" c="dimmed" truncate>
            {[one.reference, one.reason, one.note].filter(Boolean).join(' · ') || `#${one.id}`}
          </Text>
        </>
      ),
    },
    {
      id: 'products',
      title: t('products'),
      width: 'minmax(8rem, 2fr)',
      from: 'tablet',
      cell: one => (
        <Text fz="sm" truncate>
          <span className="code">{[...new Set(one.lines.map(line => line.sku))].slice(0, 3).join(', ')}</span>
          {one.lines.length > 3 && (
            <Text span fz="xs" c="dimmed">
              {' '}
              {t('andMore', { count: one.lines.length - 3 })}
            </Text>
          )}
        </Text>
      ),
    },
    {
      id: 'place',
      title: t('place'),
      width: 'minmax(7rem, 1fr)',
      cell: one => [...new Set(one.lines.map(line => line.warehouse))].join(', '),
    },
    { id: 'by', title: t('by'), width: 'minmax(6rem, 1fr)', cell: one => one.actor },
    {
      id: 'when',
      title: t('when'),
      width: 'minmax(7.4rem, 1fr)',
      from: 'phone',
      cell: one => (
        <Text span fz="sm" title={format.dateTime(one.recorded_at)}>
          {format.relative(one.recorded_at)}
        </Text>
      ),
    },
    {
      id: 'change',
      title: t('change'),
      width: '5.5rem',
      align: 'right',
      from: 'phone',
      cell: one => <MovementChange movement={one} />,
    },
    {
      id: 'undo',
      title: t('undo'),
      width: '9.5rem',
      align: 'right',
      from: 'tablet',
      cell: one => <UndoButton movement={one} />,
    },
  ]
}
