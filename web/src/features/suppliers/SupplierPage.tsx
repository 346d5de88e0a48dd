import { ActionIcon, Anchor, Badge, Button, Group, Menu, Text } from '@mantine/core'
import { IconArchive, IconDots, IconPencil, IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { Supplier, SupplierProduct } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { OrderBadge } from '~/features/purchase-orders/OrdersPage'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { Facts } from '~/ui/Facts'
import { May } from '~/ui/May'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { RowActions } from '~/ui/RowActions'
import { useLeadOn } from '~/ui/useLeadOn'
import {
  useArchiveSupplier,
  useRemoveSupplierProduct,
  useSupplier,
  useSupplierOrders,
  useSupplierProducts,
} from './api'
import { OfferForm } from './OfferForm'
import { SupplierForm } from './SupplierForm'
import { supplierTexts } from './texts'

const route = getRouteApi('/shell/suppliers/$supplierId')

export function SupplierPage() {
  const query = useSupplier(Number(route.useParams().supplierId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{supplier => <SupplierView supplier={supplier} />}</QueryView>
}

function SupplierView({ supplier }: { supplier: Supplier }) {
  const t = useTexts(supplierTexts)
  // What stands below the offers would move when they come.
  const offersRead = !useSupplierProducts(supplier.id).isPending
  return (
    <>
      <PageHeader
        title={supplier.name}
        above={[{ to: '/suppliers', title: t('suppliers') }]}
        description={<span className="code">{supplier.code}</span>}
        beside={supplier.archived && <Badge color="gray">{t('archived')}</Badge>}
        actions={<Actions supplier={supplier} />}
      />
      <div style={{ display: 'grid', gap: 12 }}>
        <Panel title={t('details')}>
          <Facts
            facts={[
              [t('currency'), supplier.currency],
              [
                t('leadTime'),
                supplier.lead_time_days == null ? '' : t('days', { count: supplier.lead_time_days }),
              ],
              [t('contact'), supplier.contact],
              [
                t('email'),
                supplier.email && (
                  <Anchor key="email" href={`mailto:${supplier.email}`} fz="sm">
                    {supplier.email}
                  </Anchor>
                ),
              ],
              [t('phone'), supplier.phone],
              [
                t('address'),
                supplier.address && (
                  <span key="address" style={{ whiteSpace: 'pre-line' }}>
                    {supplier.address}
                  </span>
                ),
              ],
              [t('terms'), supplier.payment_terms],
            ]}
          />
        </Panel>
        <Offers supplier={supplier} />
        {offersRead && <Orders supplier={supplier} />}
      </div>
    </>
  )
}

function Actions({ supplier }: { supplier: Supplier }) {
  const t = useTexts(supplierTexts)
  const leadOn = useLeadOn()
  const archive = useArchiveSupplier()
  const [open, setOpen] = useState<'edit' | 'archive' | null>(null)
  return (
    <May needs="purchasing.write">
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('action')}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconArchive size={16} stroke={1.7} />}
            disabled={supplier.archived}
            onClick={() => setOpen('archive')}
          >
            {t('archive')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ActionButton
        variant="default"
        leftSection={<IconPencil size={16} stroke={1.7} />}
        onClick={() => setOpen('edit')}
      >
        {t('edit')}
      </ActionButton>
      <Button
        component={Link}
        to={`/purchase-orders/new?supplier_id=${supplier.id}`}
        leftSection={<IconPlus size={16} stroke={2} />}
      >
        {t('newOrder')}
      </Button>
      {open === 'edit' && (
        <SupplierForm supplier={supplier} onDone={() => setOpen(null)} onClose={() => setOpen(null)} />
      )}
      {open === 'archive' && (
        <ConfirmModal
          title={t('archiveTitle', { name: supplier.name })}
          text={t('archiveText')}
          action={t('archive')}
          onClose={() => setOpen(null)}
          run={async () => {
            await archive.mutateAsync(supplier)
            notifyDone(t('archivedDone', { name: supplier.name }))
            await leadOn({ to: '/suppliers' })
          }}
        />
      )}
    </May>
  )
}

function Offers({ supplier }: { supplier: Supplier }) {
  const t = useTexts(supplierTexts)
  const query = useSupplierProducts(supplier.id)
  const remove = useRemoveSupplierProduct()
  const [editing, setEditing] = useState<SupplierProduct | 'new' | null>(null)
  const [removing, setRemoving] = useState<SupplierProduct | null>(null)
  const columns = useOfferColumns(setEditing, setRemoving)
  return (
    <Panel
      title={t('products')}
      beside={
        <ActionButton
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} stroke={1.8} />}
          needs="purchasing.write"
          onClick={() => setEditing('new')}
        >
          {t('addProduct')}
        </ActionButton>
      }
    >
      <QueryView query={query}>
        {offers =>
          offers.length === 0 ? (
            <Text c="dimmed" fz="sm">
              {t('noProducts')}
            </Text>
          ) : (
            <DataTable label={t('products')} rows={offers} rowKey={one => one.id} columns={columns} />
          )
        }
      </QueryView>
      {editing && (
        <OfferForm
          supplier={supplier}
          offer={editing === 'new' ? null : (query.data?.find(one => one.id === editing.id) ?? editing)}
          onClose={() => setEditing(null)}
        />
      )}
      {removing && (
        <ConfirmModal
          title={t('removeTitle', { sku: removing.sku })}
          text={t('removeText')}
          action={t('removeProduct')}
          onClose={() => setRemoving(null)}
          run={async () => {
            await remove.mutateAsync(removing)
            notifyDone(t('removed', { sku: removing.sku }))
          }}
        />
      )}
    </Panel>
  )
}

function useOfferColumns(
  onEdit: (offer: SupplierProduct) => void,
  onRemove: (offer: SupplierProduct) => void,
): TableColumn<SupplierProduct>[] {
  const t = useTexts(supplierTexts)
  const format = useFormat()
  const amount = (value: number | null | undefined) => (value == null ? '' : format.quantity(value))
  return [
    {
      title: t('product'),
      cell: one => (
        <Group gap="2px 8px">
          <Anchor component={Link} to={`/products/${one.product_id}`} fz="sm" className="code">
            {one.sku}
          </Anchor>
          {one.preferred && <Badge size="sm">{t('preferred')}</Badge>}
        </Group>
      ),
    },
    {
      title: t('supplierSku'),
      wide: true,
      cell: one => <span className="code">{one.supplier_sku ?? ''}</span>,
    },
    {
      title: t('cost'),
      align: 'right',
      cell: one =>
        one.costs.map(cost => {
          const money = format.money(cost.unit_cost, cost.currency)
          return (
            <div key={`${cost.min_quantity} ${cost.unit_cost}`}>
              {cost.min_quantity > 0 ? t('fromQuantity', { count: cost.min_quantity, cost: money }) : money}
            </div>
          )
        }),
    },
    { title: t('pack'), align: 'right', wide: true, cell: one => amount(one.order_multiple) },
    { title: t('moq'), align: 'right', wide: true, cell: one => amount(one.moq) },
    {
      title: t('leadTime'),
      align: 'right',
      wide: true,
      cell: one =>
        one.lead_time_days == null ? (
          <Text span fz="sm" c="dimmed">
            {t('asSupplier')}
          </Text>
        ) : (
          t('days', { count: one.lead_time_days })
        ),
    },
    {
      title: t('action'),
      align: 'right',
      cell: one => (
        <RowActions
          of={one.sku}
          needs="purchasing.write"
          from="lg"
          actions={[
            { title: t('edit'), label: t('editOffer', { sku: one.sku }), onClick: () => onEdit(one) },
            {
              title: t('removeProduct'),
              label: t('removeTitle', { sku: one.sku }),
              onClick: () => onRemove(one),
              quiet: true,
            },
          ]}
        />
      ),
    },
  ]
}

function Orders({ supplier }: { supplier: Supplier }) {
  const t = useTexts(supplierTexts)
  const format = useFormat()
  const query = useSupplierOrders(supplier.id)
  return (
    <Panel title={t('orders')}>
      <QueryView query={query}>
        {page =>
          page.items.length === 0 ? (
            <Text c="dimmed" fz="sm">
              {t('noOrders')}
            </Text>
          ) : (
            <DataTable
              label={t('orders')}
              rows={page.items}
              rowKey={order => order.id}
              columns={[
                {
                  title: t('number'),
                  cell: order => (
                    <Anchor component={Link} to={`/purchase-orders/${order.id}`} fz="sm">
                      {order.number}
                    </Anchor>
                  ),
                },
                { title: t('state'), cell: order => <OrderBadge status={order.status} /> },
                {
                  title: t('expected'),
                  align: 'right',
                  wide: true,
                  cell: order => (order.expected_on ? format.date(order.expected_on) : ''),
                },
                {
                  title: t('total'),
                  align: 'right',
                  cell: order => format.money(order.total, order.currency),
                },
              ]}
            />
          )
        }
      </QueryView>
    </Panel>
  )
}
