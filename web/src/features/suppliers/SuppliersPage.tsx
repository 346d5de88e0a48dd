import { Anchor, Chip } from '@mantine/core'
import { IconBuildingFactory2, IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Supplier } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { QueryView } from '~/ui/QueryView'
import { useSuppliers } from './api'
import { SupplierForm } from './SupplierForm'
import { supplierTexts } from './texts'

const route = getRouteApi('/shell/suppliers')

export function SuppliersPage() {
  const t = useTexts(supplierTexts)
  const { archived = false } = route.useSearch()
  const navigate = useNavigate({ from: '/suppliers' })
  const query = useSuppliers(archived)
  const columns = useColumns()
  const [adding, setAdding] = useState(false)
  const add = (
    <ActionButton
      leftSection={<IconPlus size={16} stroke={2} />}
      needs="purchasing.write"
      onClick={() => setAdding(true)}
    >
      {t('newSupplier')}
    </ActionButton>
  )
  return (
    <>
      <PageHeader title={t('suppliers')} actions={add} />
      <Chip
        mb="sm"
        checked={archived}
        onChange={checked => void navigate({ search: checked ? { archived: true } : {}, replace: true })}
        radius="sm"
        variant="outline"
      >
        {t('archived')}
      </Chip>
      <div className={panel.panel}>
        <QueryView query={query}>
          {suppliers =>
            suppliers.length === 0 ? (
              <EmptyState icon={IconBuildingFactory2} title={t('noneTitle')} text={t('noneText')} />
            ) : (
              <DataTable label={t('suppliers')} rows={suppliers} rowKey={one => one.id} columns={columns} />
            )
          }
        </QueryView>
      </div>
      {adding && (
        <SupplierForm
          supplier={null}
          onClose={() => setAdding(false)}
          onDone={({ id }) =>
            void navigate({ to: '/suppliers/$supplierId', params: { supplierId: String(id) } })
          }
        />
      )}
    </>
  )
}

function useColumns(): TableColumn<Supplier>[] {
  const t = useTexts(supplierTexts)
  return [
    {
      title: t('name'),
      cell: one => (
        <Anchor component={Link} to={`/suppliers/${one.id}`} fz="sm" fw={550}>
          {one.name}
        </Anchor>
      ),
    },
    { title: t('code'), cell: one => <span className="code">{one.code}</span> },
    { title: t('currency'), wide: true, cell: one => one.currency },
    {
      title: t('leadTime'),
      align: 'right',
      cell: one => (one.lead_time_days == null ? '' : t('days', { count: one.lead_time_days })),
    },
    {
      title: t('email'),
      wide: true,
      cell: one =>
        one.email && (
          <Anchor href={`mailto:${one.email}`} fz="sm">
            {one.email}
          </Anchor>
        ),
    },
    { title: t('phone'), wide: 'desk', cell: one => one.phone ?? '' },
  ]
}
