import { Anchor, Button, Group, Select, Text } from '@mantine/core'
import { IconPackageImport, IconX } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { GoodsReceipt } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { useSuppliers } from '~/features/suppliers/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import type { TableColumn } from '~/ui/DataTable'
import { DayInput } from '~/ui/DayInput'
import { ListPanel } from '~/ui/ListPanel'
import { PageHeader } from '~/ui/PageHeader'
import { useReceiptList } from './api'
import { ReceiptBadge } from './ReceiptBadge'
import type { ReceiptSearch } from './search'
import { receiptTexts } from './texts'

const route = getRouteApi('/shell/goods-receipts')

export function ReceiptsPage() {
  const t = useTexts(receiptTexts)
  const search = route.useSearch()
  const columns = useColumns()
  const filtered = Object.keys(search).length > 0
  return (
    <>
      <PageHeader title={t('title')} description={t('about')} />
      <Filters search={search} />
      <ListPanel
        label={t('title')}
        list={useReceiptList(search)}
        columns={columns}
        rowKey={receipt => receipt.id}
        faded={receipt => receipt.reversed_at != null}
        empty={{
          icon: IconPackageImport,
          title: t('noneTitle'),
          text: filtered ? t('noneFiltered') : t('noneText'),
          action: !filtered && (
            <Button component={Link} to="/purchase-orders?group=receive" variant="default" mt="xs">
              {t('toReceive')}
            </Button>
          ),
        }}
      />
    </>
  )
}

type Change = { [Key in keyof ReceiptSearch]?: ReceiptSearch[Key] | undefined }

function Filters({ search }: { search: ReceiptSearch }) {
  const t = useTexts(receiptTexts)
  const navigate = useNavigate({ from: '/goods-receipts' })
  const suppliers = useSuppliers().data ?? []
  const number = useReceiptList(search).data?.pages[0]?.items[0]?.purchase_order
  const change = (next: Change) => {
    const kept = Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)
    void navigate({ search: Object.fromEntries(kept) as ReceiptSearch, replace: true })
  }
  return (
    <Group gap="xs" mb="sm" align="flex-end">
      <Select
        aria-label={t('supplier')}
        placeholder={t('allSuppliers')}
        data={suppliers.map(one => ({ value: String(one.id), label: one.name }))}
        value={search.supplier_id ? String(search.supplier_id) : null}
        onChange={id => change({ supplier_id: id ? Number(id) : undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('allSuppliers') }}
        w={{ base: '100%', xs: 240 }}
      />
      {(['from', 'to'] as const).map(end => (
        <DayInput
          key={end}
          aria-label={t(end)}
          placeholder={t(end)}
          value={search[end] ?? null}
          onChange={day => change({ [end]: day ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('anyDay') }}
          style={{ flex: '1 1 8rem' }}
          maw={{ xs: 170 }} // on a phone the two end where the field above them does
        />
      ))}
      {search.purchase_order_id !== undefined && (
        <Button
          variant="light"
          rightSection={<IconX size={14} stroke={2} aria-hidden />}
          aria-label={t('allOrders')}
          onClick={() => change({ purchase_order_id: undefined })}
        >
          {t('ofOrder', { number: number ?? `#${search.purchase_order_id}` })}
        </Button>
      )}
    </Group>
  )
}

function useColumns(): TableColumn<GoodsReceipt>[] {
  const t = useTexts(receiptTexts)
  const format = useFormat()
  return [
    {
      title: t('number'),
      cell: receipt => (
        <>
          <Anchor
            component={Link}
            to={`/goods-receipts/${receipt.id}`}
            fz="sm"
            fw={550}
            style={{ whiteSpace: 'nowrap' }}
          >
            {receipt.number}
          </Anchor>
          <Text fz="xs" c="dimmed" title={format.dateTime(receipt.created_at)}>
            {format.relative(receipt.created_at)}
          </Text>
        </>
      ),
    },
    {
      title: t('supplier'),
      cell: receipt => (
        <>
          {receipt.supplier.name}
          <Text fz="xs" c="dimmed" component="div">
            <Anchor component={Link} to={`/purchase-orders/${receipt.purchase_order_id}`} fz="xs">
              {receipt.purchase_order}
            </Anchor>
          </Text>
        </>
      ),
    },
    { title: t('warehouse'), wide: true, cell: receipt => receipt.warehouse },
    {
      title: t('units'),
      align: 'right',
      cell: receipt => (
        <>
          {format.quantity(sum(...receipt.lines.map(line => line.quantity)))}
          <Text fz="xs" c="dimmed">
            {t('lines', { count: receipt.lines.length })}
          </Text>
        </>
      ),
    },
    { title: t('by'), wide: true, cell: receipt => receipt.actor },
    { title: t('state'), wide: true, cell: receipt => <ReceiptBadge receipt={receipt} /> },
    {
      title: t('received'),
      align: 'right',
      wide: true,
      cell: receipt => format.dateTime(receipt.created_at),
    },
  ]
}
