import {
  ActionIcon,
  Alert,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Product, SupplierProduct } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { priceOf } from '~/features/products/form'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useSuppliers } from '~/features/suppliers/api'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable } from '~/ui/DataTable'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, problemText } from '~/ui/problems'
import { readOffer, useCreateOrder } from './api'
import { orderTexts } from './texts'

interface DraftLine {
  product: Product
  quantity: number
  /** A decimal text. */
  unitCost: string
  /** What the supplier sells of it, if it is known. */
  offer: SupplierProduct | null
}

/** A draft: from whom, where to, and what. Costs and packs come from what the supplier sells. */
export function NewOrderPage() {
  const t = useTexts(orderTexts)
  const navigate = useNavigate()
  const suppliers = useSuppliers().data ?? []
  const warehouses = useWarehouses().data ?? []
  const create = useCreateOrder()
  const [supplier, setSupplier] = useState<number | null>(null)
  const [warehouse, setWarehouse] = useState<string | null>(null)
  const [expected, setExpected] = useState<string | null>(null)
  const [lines, setLines] = useState<DraftLine[]>([])
  const [fault, setFault] = useState<string | null>(null)
  const place = warehouse ?? warehouses[0]?.code ?? null

  const add = async (product: Product) => {
    if (supplier === null || lines.some(line => line.product.id === product.id)) return
    const offer = await readOffer(supplier, product.id).catch(() => null)
    const quantity = offer?.moq ?? offer?.order_multiple ?? 1
    setLines(before => [...before, { product, quantity, unitCost: costAt(offer, quantity), offer }])
  }
  const edit = (index: number, change: Partial<DraftLine>) =>
    setLines(before => before.map((line, at) => (at === index ? { ...line, ...change } : line)))
  const save = async () => {
    if (supplier === null || place === null) return
    setFault(null)
    try {
      const order = await create.mutateAsync({
        supplier_id: supplier,
        warehouse: place,
        ...(expected && { expected_on: expected }),
        lines: lines.map(line => ({
          product_id: line.product.id,
          quantity: line.quantity,
          unit_cost: priceOf(line.unitCost),
        })),
      })
      notifyDone(t('created', { number: order.number }))
      await navigate({ to: '/purchase-orders/$orderId', params: { orderId: String(order.id) } })
    } catch (error) {
      setFault(problemText(error))
    }
  }
  const reason = supplier === null ? t('supplierFirst') : lines.length === 0 ? t('noLines') : undefined
  return (
    <>
      <PageHeader
        title={t('newOrder')}
        above={[{ to: '/purchase-orders', title: t('title') }]}
        actions={
          <ActionButton disabledReason={reason} loading={create.isPending} onClick={() => void save()}>
            {t('create')}
          </ActionButton>
        }
      />
      <Stack gap="sm">
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <Select
            label={t('supplier')}
            required
            searchable
            data={suppliers.map(one => ({ value: String(one.id), label: one.name }))}
            value={supplier === null ? null : String(supplier)}
            onChange={id => {
              setSupplier(id ? Number(id) : null)
              setLines([]) // their costs were another supplier's
            }}
          />
          <Select
            label={t('warehouse')}
            data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
            value={place}
            allowDeselect={false}
            onChange={setWarehouse}
          />
          <DatePickerInput
            label={t('expected')}
            value={expected}
            onChange={setExpected}
            clearable
            minDate={new Date()}
          />
        </SimpleGrid>
        <Panel title={t('lines', { count: lines.length })}>
          <Stack gap="sm">
            {lines.length > 0 && (
              <LineTable
                lines={lines}
                onEdit={edit}
                onRemove={index => setLines(lines.toSpliced(index, 1))}
              />
            )}
            {supplier === null ? (
              <Text fz="sm" c="dimmed">
                {t('supplierFirst')}
              </Text>
            ) : (
              <ProductPicker label={t('addLine')} onPick={product => void add(product)} />
            )}
          </Stack>
        </Panel>
      </Stack>
    </>
  )
}

/** The cost of one at this quantity: that of the greatest quantity at or below it. */
function costAt(offer: SupplierProduct | null, quantity: number): string {
  const costs = [...(offer?.costs ?? [])].sort((a, b) => a.min_quantity - b.min_quantity)
  return costs.findLast(cost => cost.min_quantity <= quantity)?.unit_cost ?? ''
}

interface LineTableProps {
  lines: readonly DraftLine[]
  onEdit: (index: number, change: Partial<DraftLine>) => void
  onRemove: (index: number) => void
}

function LineTable({ lines, onEdit, onRemove }: LineTableProps) {
  const t = useTexts(orderTexts)
  const rows = lines.map((line, index) => ({ ...line, index }))
  return (
    <DataTable
      label={t('product')}
      rows={rows}
      rowKey={line => line.product.id}
      columns={[
        {
          title: t('product'),
          cell: line => (
            <>
              {line.product.name}
              <Text fz="xs" c="dimmed">
                <span className="code">{line.product.sku}</span>
                {line.offer?.order_multiple != null &&
                  ` · ${t('pack', { count: line.offer.order_multiple })}`}
              </Text>
            </>
          ),
        },
        {
          title: t('quantity'),
          align: 'right',
          cell: line => (
            <NumberInput
              aria-label={`${t('quantity')}: ${line.product.name}`}
              value={line.quantity}
              min={line.offer?.moq ?? 0}
              step={line.offer?.order_multiple ?? 1}
              decimalScale={6}
              w={110}
              ml="auto"
              onChange={value => {
                const quantity = Number(value) || 0
                onEdit(line.index, {
                  quantity,
                  ...(line.offer && { unitCost: costAt(line.offer, quantity) }),
                })
              }}
            />
          ),
        },
        {
          title: t('unitCost'),
          align: 'right',
          cell: line => (
            <TextInput
              aria-label={`${t('unitCost')}: ${line.product.name}`}
              inputMode="decimal"
              value={line.unitCost}
              w={100}
              ml="auto"
              onChange={event => onEdit(line.index, { unitCost: event.currentTarget.value })}
            />
          ),
        },
        {
          title: t('action'),
          cell: line => (
            <Group justify="flex-end">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('remove', { sku: line.product.sku })}
                onClick={() => onRemove(line.index)}
              >
                <IconTrash size={16} stroke={1.7} />
              </ActionIcon>
            </Group>
          ),
        },
      ]}
    />
  )
}
