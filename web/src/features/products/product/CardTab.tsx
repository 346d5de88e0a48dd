import { Anchor, Button, Select, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Product, StockEntry } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { movementTexts } from '~/ui/movements'
import { Panel } from '~/ui/Panel'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { useWarehouses } from '../api'
import { useProductEntries } from '../details'
import classes from './Product.module.css'
import { detailTexts } from './texts'

/** Why stock is what it is: every change with what was there after it. */
export function CardTab({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const [warehouse, setWarehouse] = useState<string | null>(null)
  const warehouses = useWarehouses().data ?? []
  const entries = useProductEntries(product.id, warehouse)
  const columns = useEntryColumns()
  const rows = entries.data?.pages.flatMap(page => page.items) ?? []
  return (
    <Panel
      title={t('tabCard')}
      beside={
        <Select
          size="xs"
          aria-label={t('warehouse')}
          placeholder={t('allWarehouses')}
          data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
          value={warehouse}
          onChange={setWarehouse}
          clearable
          clearButtonProps={{ 'aria-label': t('allWarehouses') }}
        />
      }
    >
      <Text fz="xs" c="dimmed" mb="xs">
        {t('cardHint')}
      </Text>
      {entries.isError && entries.data === undefined ? (
        <LoadFailed error={entries.error} onRetry={() => void entries.refetch()} />
      ) : entries.isPending ? (
        <RowsSkeleton rows={10} />
      ) : rows.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('noEntries')}
        </Text>
      ) : (
        <DataTable
          label={t('tabCard')}
          columns={columns}
          rows={rows}
          rowKey={entry => `${entry.location_id} ${entry.lot} ${entry.seq}`}
        />
      )}
      {entries.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          mt="sm"
          loading={entries.isFetchingNextPage}
          onClick={() => void entries.fetchNextPage()}
        >
          {t('loadMore')}
        </Button>
      )}
    </Panel>
  )
}

function useEntryColumns(): TableColumn<StockEntry>[] {
  const t = useTexts(detailTexts)
  const kind = useTexts(movementTexts)
  const format = useFormat()
  return [
    {
      title: t('when'),
      cell: entry => (
        <Text span fz="sm" title={format.dateTime(entry.recorded_at)} className={classes.when}>
          {format.dateTime(entry.occurred_at)}
        </Text>
      ),
    },
    {
      title: t('what'),
      cell: entry => (
        <>
          <Anchor component={Link} to={`/stock-movements/${entry.movement_id}`} fz="sm">
            {kind(entry.kind)}
          </Anchor>
          <Text fz="xs" c="dimmed">
            {[entry.reason, entry.reference, entry.note].filter(Boolean).join(' · ')}
          </Text>
          <Text fz="xs" hiddenFrom="md">
            <Place entry={entry} />{' '}
            <Text span inherit c="dimmed">
              {t('byWhom', { name: entry.actor })}
            </Text>
          </Text>
          <Text fz="xs" c="dimmed" visibleFrom="md" hiddenFrom="lg">
            {t('byWhom', { name: entry.actor })}
          </Text>
        </>
      ),
    },
    { title: t('by'), wide: 'desk', cell: entry => entry.actor },
    { title: t('location'), wide: true, cell: entry => <Place entry={entry} /> },
    {
      title: t('reservedChange'),
      align: 'right',
      wide: true,
      cell: entry => (entry.reserved_delta === 0 ? '' : format.change(entry.reserved_delta)),
    },
    {
      title: t('change'),
      align: 'right',
      cell: entry =>
        entry.on_hand_delta === 0 ? (
          ''
        ) : (
          <span className={entry.on_hand_delta > 0 ? 'good' : undefined}>
            {format.change(entry.on_hand_delta)}
          </span>
        ),
    },
    { title: t('balance'), align: 'right', cell: entry => <b>{format.quantity(entry.on_hand_after)}</b> },
  ]
}

function Place({ entry }: { entry: StockEntry }) {
  return (
    <>
      {entry.warehouse} <span className="code">{entry.location}</span>
      {entry.lot && <span className="code"> {entry.lot}</span>}
    </>
  )
}
