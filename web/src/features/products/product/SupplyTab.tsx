import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Product, PurchaseOrderSummary, SupplierProduct } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { orderStatusTexts } from '~/ui/orderStatus'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useProductOrders, useProductSuppliers } from '../details'
import { detailTexts } from './texts'

/** Who supplies it, at what cost, and what is on its way. */
export function SupplyTab({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const suppliers = useProductSuppliers(product.id)
  const orders = useProductOrders(product.id)
  const supplierColumns = useSupplierColumns()
  const orderColumns = useOrderColumns()
  return (
    <Stack gap="sm">
      <Panel title={t('suppliers')}>
        <QueryView query={suppliers}>
          {page =>
            page.items.length > 0 ? (
              <DataTable
                label={t('suppliers')}
                columns={supplierColumns}
                rows={page.items}
                rowKey={one => one.id}
              />
            ) : (
              <Text c="dimmed" fz="sm">
                {t('noSuppliers')}
              </Text>
            )
          }
        </QueryView>
      </Panel>
      <Panel title={t('openOrders')}>
        <QueryView query={orders}>
          {page =>
            page.items.length > 0 ? (
              <DataTable
                label={t('openOrders')}
                columns={orderColumns}
                rows={page.items}
                rowKey={one => one.id}
              />
            ) : (
              <Text c="dimmed" fz="sm">
                {t('noOrders')}
              </Text>
            )
          }
        </QueryView>
      </Panel>
    </Stack>
  )
}

function useSupplierColumns(): TableColumn<SupplierProduct>[] {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const amount = (value: number | null | undefined) => (value == null ? '' : format.quantity(value))
  return [
    {
      title: t('supplier'),
      cell: one => (
        <Group gap="2px 8px">
          <Anchor component={Link} to={`/suppliers/${one.supplier.id}`} fz="sm">
            {one.supplier.name}
          </Anchor>
          {one.preferred && <Badge size="sm">{t('preferred')}</Badge>}
        </Group>
      ),
    },
    { title: t('supplierSku'), wide: true, cell: one => <span className="code">{one.supplier_sku}</span> },
    {
      title: t('cost'),
      align: 'right',
      cell: one =>
        one.costs.map(cost => (
          <div key={`${cost.min_quantity} ${cost.unit_cost}`}>
            {cost.min_quantity > 0
              ? t('fromQuantity', {
                  count: cost.min_quantity,
                  cost: format.money(cost.unit_cost, cost.currency),
                })
              : format.money(cost.unit_cost, cost.currency)}
          </div>
        )),
    },
    { title: t('pack'), align: 'right', wide: true, cell: one => amount(one.order_multiple) },
    { title: t('moq'), align: 'right', wide: true, cell: one => amount(one.moq) },
    {
      title: t('leadTime'),
      align: 'right',
      cell: one => (one.lead_time_days == null ? '' : t('days', { count: one.lead_time_days })),
    },
  ]
}

function useOrderColumns(): TableColumn<PurchaseOrderSummary>[] {
  const t = useTexts(detailTexts)
  const status = useTexts(orderStatusTexts)
  const format = useFormat()
  return [
    {
      title: t('number'),
      cell: order => (
        <Anchor component={Link} to={`/purchase-orders/${order.id}`} fz="sm">
          {order.number}
        </Anchor>
      ),
    },
    { title: t('supplier'), cell: order => order.supplier.name },
    { title: t('state'), cell: order => <Badge color="gray">{status(order.status)}</Badge> },
    { title: t('warehouse'), wide: true, cell: order => order.warehouse },
    {
      title: t('expected'),
      align: 'right',
      cell: order => (order.expected_on ? format.date(order.expected_on) : ''),
    },
  ]
}
