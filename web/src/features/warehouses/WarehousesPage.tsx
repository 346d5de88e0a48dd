import { ActionIcon, Badge, Group, Menu, Stack, Text, TextInput } from '@mantine/core'
import { IconDots, IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Location, Warehouse } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { locationKindTexts } from '~/ui/locationKinds'
import { May } from '~/ui/May'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { RowActions } from '~/ui/RowActions'
import { useArchiveLocation, useCloseWarehouse, useLocations, useUpdateWarehouse } from './api'
import { LocationForm, WarehouseForm } from './forms'
import { warehouseTexts } from './texts'

/** From so many locations on there is a field that finds one. */
const FILTER_FROM = 12
const PERMISSION = 'warehouses.write'

export function WarehousesPage() {
  const t = useTexts(warehouseTexts)
  const query = useWarehouses()
  const [adding, setAdding] = useState(false)
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('about')}
        actions={
          <ActionButton
            leftSection={<IconPlus size={16} stroke={2} />}
            needs={PERMISSION}
            onClick={() => setAdding(true)}
          >
            {t('newWarehouse')}
          </ActionButton>
        }
      />
      <QueryView query={query}>
        {warehouses => (
          <Stack gap="sm">
            {warehouses.map(warehouse => (
              <WarehousePanel key={warehouse.id} warehouse={warehouse} />
            ))}
          </Stack>
        )}
      </QueryView>
      {adding && <WarehouseForm warehouse={null} onClose={() => setAdding(false)} />}
    </>
  )
}

function WarehousePanel({ warehouse }: { warehouse: Warehouse }) {
  const t = useTexts(warehouseTexts)
  const close = useCloseWarehouse()
  const [open, setOpen] = useState<'edit' | 'close' | 'location' | null>(null)
  return (
    <Panel
      title={`${warehouse.code} · ${warehouse.name}`}
      beside={
        <Group gap="xs">
          <ActionButton
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} stroke={1.8} />}
            needs={PERMISSION}
            onClick={() => setOpen('location')}
          >
            {t('addLocation')}
          </ActionButton>
          <May needs={PERMISSION}>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size={30} aria-label={`${t('action')}: ${warehouse.code}`}>
                  <IconDots size={16} stroke={1.7} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setOpen('edit')}>{t('edit')}</Menu.Item>
                <Menu.Item onClick={() => setOpen('close')}>{t('close')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </May>
        </Group>
      }
    >
      {warehouse.address && (
        <Text fz="sm" c="dimmed" mb="xs" style={{ whiteSpace: 'pre-line' }}>
          {warehouse.address}
        </Text>
      )}
      <Locations warehouse={warehouse} />
      {open === 'edit' && <WarehouseForm warehouse={warehouse} onClose={() => setOpen(null)} />}
      {open === 'location' && (
        <LocationForm warehouse={warehouse} location={null} onClose={() => setOpen(null)} />
      )}
      {open === 'close' && (
        <ConfirmModal
          title={t('closeTitle', { code: warehouse.code })}
          text={t('closeText')}
          action={t('close')}
          onClose={() => setOpen(null)}
          run={async () => {
            await close.mutateAsync(warehouse)
            notifyDone(t('closed', { code: warehouse.code }))
          }}
        />
      )}
    </Panel>
  )
}

function Locations({ warehouse }: { warehouse: Warehouse }) {
  const t = useTexts(warehouseTexts)
  const query = useLocations(warehouse.code)
  const archive = useArchiveLocation()
  const [words, setWords] = useState('')
  const [editing, setEditing] = useState<Location | null>(null)
  const [archiving, setArchiving] = useState<Location | null>(null)
  const columns = useLocationColumns(warehouse, setEditing, setArchiving)
  return (
    <QueryView query={query}>
      {locations => {
        const found = locations.filter(one => one.code.toLowerCase().includes(words.trim().toLowerCase()))
        return (
          <>
            {locations.length >= FILTER_FROM && (
              <TextInput
                size="xs"
                mb="xs"
                maw={260}
                type="search"
                aria-label={t('filter')}
                placeholder={`${t('filter')} (${t('locations', { count: locations.length })})`}
                leftSection={<IconSearch size={14} stroke={1.8} />}
                value={words}
                onChange={event => setWords(event.currentTarget.value)}
              />
            )}
            {found.length === 0 ? (
              <Text fz="sm" c="dimmed">
                {locations.length === 0 ? t('noLocations') : t('noMatch')}
              </Text>
            ) : (
              <DataTable
                label={`${t('locations', { count: found.length })}: ${warehouse.code}`}
                rows={found}
                rowKey={one => one.id}
                faded={one => one.archived}
                columns={columns}
              />
            )}
            {editing && (
              <LocationForm
                warehouse={warehouse}
                location={locations.find(one => one.id === editing.id) ?? editing}
                onClose={() => setEditing(null)}
              />
            )}
            {archiving && (
              <ConfirmModal
                title={t('archiveTitle', { code: archiving.code })}
                text={t('archiveText')}
                action={t('archive')}
                onClose={() => setArchiving(null)}
                run={async () => {
                  await archive.mutateAsync(archiving)
                  notifyDone(t('archivedDone', { code: archiving.code }))
                }}
              />
            )}
          </>
        )
      }}
    </QueryView>
  )
}

function useLocationColumns(
  warehouse: Warehouse,
  onEdit: (location: Location) => void,
  onArchive: (location: Location) => void,
): TableColumn<Location>[] {
  const t = useTexts(warehouseTexts)
  const kinds = useTexts(locationKindTexts)
  const update = useUpdateWarehouse()
  const makeDefault = (location: Location) =>
    update.mutate(
      { ...warehouse, change: { default_location_id: location.id } },
      {
        onSuccess: () => notifyDone(t('saved', { code: location.code })),
        onError: notifyProblem,
      },
    )
  const whyNotDefault = (location: Location) =>
    location.is_default
      ? t('defaultAlready')
      : location.kind === 'storage'
        ? undefined
        : t('defaultOnlyStorage')
  return [
    {
      title: t('code'),
      cell: one => (
        <Group gap="2px 8px">
          <span className="code">{one.code}</span>
          {one.is_default && <Badge size="sm">{t('isDefault')}</Badge>}
          {one.archived && (
            <Badge size="sm" color="gray">
              {t('archived')}
            </Badge>
          )}
        </Group>
      ),
    },
    { title: t('kind'), cell: one => kinds(one.kind) },
    {
      title: t('action'),
      align: 'right',
      cell: one =>
        !one.archived &&
        one.kind !== 'transit' && (
          <RowActions
            of={one.code}
            needs={PERMISSION}
            from="sm"
            actions={[
              {
                title: t('makeDefault'),
                label: `${t('makeDefault')}: ${one.code}`,
                onClick: () => makeDefault(one),
                disabledReason: whyNotDefault(one),
              },
              { title: t('edit'), label: t('editLocation', { code: one.code }), onClick: () => onEdit(one) },
              {
                title: t('archive'),
                label: t('archiveTitle', { code: one.code }),
                onClick: () => onArchive(one),
                quiet: true,
              },
            ]}
          />
        ),
    },
  ]
}
