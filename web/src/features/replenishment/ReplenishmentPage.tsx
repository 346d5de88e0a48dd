import { Anchor, Button, Checkbox, Group, Select, Text } from '@mantine/core'
import { IconChecks, IconFilePlus } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReplenishmentOrders, ReplenishmentSuggestion } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { useSuppliers } from '~/features/suppliers/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { notifyProblem } from '~/ui/problems'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { useUnit } from '~/ui/units'
import { useMakeOrders, useReplenishment } from './api'
import { MadeDialog } from './MadeDialog'
import { type ReplenishmentSearch, WINDOW_DAYS, WINDOWS } from './search'
import { replenishmentTexts } from './texts'
import { WhyDialog } from './WhyDialog'

const route = getRouteApi('/shell/replenishment')
type Change = { [Key in keyof ReplenishmentSearch]?: ReplenishmentSearch[Key] | undefined }

/** A product may be low in a warehouse and over all of them: that is two suggestions. */
const keyOf = (one: ReplenishmentSuggestion) => `${one.product_id} ${one.warehouse_id ?? 'all'}`
/** What nobody sells, or has no cost, makes no order. */
const canOrder = (one: ReplenishmentSuggestion) => one.supplier != null && one.unit_cost != null

export function ReplenishmentPage() {
  const t = useTexts(replenishmentTexts)
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/replenishment' })
  const list = useReplenishment(search)
  const make = useMakeOrders()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [why, setWhy] = useState<ReplenishmentSuggestion | null>(null)
  const [made, setMade] = useState<ReplenishmentOrders | null>(null)
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const selected = rows.filter(one => chosen.has(keyOf(one)))
  const columns = useColumns(rows, chosen, setChosen, setWhy)
  const change = (next: Change) => {
    setChosen(new Set())
    const kept = Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)
    void navigate({ search: Object.fromEntries(kept) as ReplenishmentSearch, replace: true })
  }
  const run = () =>
    make.mutate(
      {
        items: selected.map(one => ({
          product_id: one.product_id,
          ...(one.warehouse_id != null && { warehouse_id: one.warehouse_id }),
        })),
        ...(search.window_days !== undefined && { window_days: search.window_days }),
      },
      {
        onSuccess: orders => {
          setMade(orders)
          setChosen(new Set())
        },
        onError: notifyProblem,
      },
    )
  const reason = selected.length === 0 ? t('chooseFirst') : undefined
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('about')}
        actions={
          <>
            {selected.length > 0 && (
              <Text fz="sm" fw={600}>
                {t('selected', { count: selected.length })}
              </Text>
            )}
            <ActionButton
              leftSection={<IconFilePlus size={16} stroke={1.8} />}
              needs="purchasing.write"
              disabledReason={reason}
              loading={make.isPending}
              onClick={run}
            >
              {t('make')}
            </ActionButton>
          </>
        }
      />
      <Filters search={search} onChange={change} />
      <div className={panel.panel}>
        {list.isError && list.data === undefined ? (
          <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <RowsSkeleton rows={10} height={26} />
        ) : rows.length === 0 && !list.hasNextPage ? (
          <EmptyState
            icon={IconChecks}
            title={t('noneTitle')}
            text={Object.keys(search).length > 0 ? t('noneFiltered') : t('noneText')}
          />
        ) : (
          <DataTable label={t('title')} rows={rows} rowKey={keyOf} columns={columns} />
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
      {why && <WhyDialog suggestion={why} onClose={() => setWhy(null)} />}
      {made && <MadeDialog made={made} onClose={() => setMade(null)} />}
    </>
  )
}

function Filters({ search, onChange }: { search: ReplenishmentSearch; onChange: (change: Change) => void }) {
  const t = useTexts(replenishmentTexts)
  const warehouses = useWarehouses().data ?? []
  const suppliers = useSuppliers().data ?? []
  return (
    <Group gap="xs" mb="sm">
      <Select
        aria-label={t('warehouse')}
        placeholder={t('allWarehouses')}
        data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
        value={search.warehouse ?? null}
        onChange={code => onChange({ warehouse: code ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': t('allWarehouses') }}
        w={{ base: '100%', xs: 210 }}
      />
      <Select
        aria-label={t('supplier')}
        placeholder={t('allSuppliers')}
        data={suppliers.map(one => ({ value: String(one.id), label: one.name }))}
        value={search.supplier_id ? String(search.supplier_id) : null}
        onChange={id => onChange({ supplier_id: id ? Number(id) : undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('allSuppliers') }}
        w={{ base: '100%', xs: 240 }}
      />
      <Select
        aria-label={t('demandOf')}
        data={WINDOWS.map(days => ({
          value: String(days),
          label: `${t('demandOf')} ${t('lastDays', { count: days })}`,
        }))}
        value={String(search.window_days ?? WINDOW_DAYS)}
        onChange={days => onChange({ window_days: Number(days) === WINDOW_DAYS ? undefined : Number(days) })}
        allowDeselect={false}
        w={{ base: '100%', xs: 280 }}
      />
    </Group>
  )
}

function useColumns(
  rows: readonly ReplenishmentSuggestion[],
  chosen: ReadonlySet<string>,
  setChosen: (chosen: ReadonlySet<string>) => void,
  onWhy: (suggestion: ReplenishmentSuggestion) => void,
): TableColumn<ReplenishmentSuggestion>[] {
  const t = useTexts(replenishmentTexts)
  const format = useFormat()
  const unit = useUnit()
  const orderable = rows.filter(canOrder).map(keyOf)
  const all = orderable.length > 0 && orderable.every(key => chosen.has(key))
  const toggle = (key: string) =>
    setChosen(new Set(chosen.has(key) ? [...chosen].filter(one => one !== key) : [...chosen, key]))
  return [
    {
      title: t('product'),
      head: (
        <Checkbox
          size="xs"
          label={t('product')}
          aria-label={t('chooseAll')}
          checked={all}
          indeterminate={chosen.size > 0 && !all}
          onChange={() => setChosen(new Set(all ? [] : orderable))}
        />
      ),
      cell: one => (
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <Checkbox
            size="xs"
            mt={3}
            aria-label={t('choose', { name: one.name })}
            disabled={!canOrder(one)}
            checked={chosen.has(keyOf(one))}
            onChange={() => toggle(keyOf(one))}
          />
          <div style={{ minWidth: 'max(8.5rem, 17vw)' }}>
            <Anchor component={Link} to={`/products/${one.product_id}`} fz="sm" fw={550}>
              {one.name}
            </Anchor>
            <Text fz="xs" c="dimmed">
              <span className="code" style={{ display: 'inline-block' }}>
                {one.sku}
              </span>{' '}
              · {one.warehouse ?? t('overAll')}
            </Text>
          </div>
        </Group>
      ),
    },
    {
      title: t('available'),
      align: 'right',
      cell: one => <b className={one.available <= 0 ? 'bad' : 'warn'}>{format.quantity(one.available)}</b>,
    },
    {
      title: t('comes'),
      align: 'right',
      wide: 'desk',
      cell: one => format.quantity(one.incoming + one.in_transit + one.on_order),
    },
    {
      title: t('reorderPoint'),
      align: 'right',
      wide: true,
      cell: one => format.quantity(one.reorder_point),
    },
    {
      title: t('cover'),
      align: 'right',
      wide: 'desk',
      cell: one => (one.days_of_cover == null ? '–' : t('days', { count: Math.floor(one.days_of_cover) })),
    },
    { title: t('supplier'), wide: true, cell: one => <SupplierCell suggestion={one} /> },
    {
      title: t('cost'),
      align: 'right',
      wide: true,
      cell: one => (one.unit_cost == null ? '–' : format.money(one.unit_cost, one.currency ?? null)),
    },
    {
      title: t('order'),
      align: 'right',
      cell: one => (
        <>
          <div style={{ fontWeight: 680 }}>
            {format.quantity(one.quantity)} {unit(one.unit)}
          </div>
          <Anchor
            component="button"
            type="button"
            fz="xs"
            aria-label={t('whyOf', { count: one.quantity, name: one.name })}
            onClick={() => onWhy(one)}
          >
            {t('why', { count: one.quantity })}
          </Anchor>
        </>
      ),
    },
  ]
}

function SupplierCell({ suggestion }: { suggestion: ReplenishmentSuggestion }) {
  const t = useTexts(replenishmentTexts)
  const { supplier } = suggestion
  if (!supplier) {
    return (
      <>
        <span className="warn">{t('nobody')}</span>
        <Text fz="xs" c="dimmed">
          {t('addSupplier')}
        </Text>
      </>
    )
  }
  return (
    <>
      <Anchor component={Link} to={`/suppliers/${supplier.id}`} fz="sm">
        {supplier.name}
      </Anchor>
      {suggestion.unit_cost == null && (
        <Text fz="xs" className="warn">
          {t('noCost')}
        </Text>
      )}
    </>
  )
}
