import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { Location, LocationKind, Warehouse } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { FormModal } from '~/ui/FormModal'
import { locationKindTexts } from '~/ui/locationKinds'
import { notifyDone, showFaults } from '~/ui/problems'
import { changedOf, useSeenVersion } from '~/ui/useSeenVersion'
import { useCreateLocation, useCreateWarehouse, useUpdateLocation, useUpdateWarehouse } from './api'
import { warehouseTexts } from './texts'

const PRIORITY = 100

interface WarehouseFormProps {
  /** The warehouse to edit; null: a new one. */
  warehouse: Warehouse | null
  onClose: () => void
}

function partsOf({ code, name, address, priority }: Warehouse) {
  return { code, name, address: address ?? '', priority }
}

export function WarehouseForm({ warehouse, onClose }: WarehouseFormProps) {
  const t = useTexts(warehouseTexts)
  const create = useCreateWarehouse()
  const update = useUpdateWarehouse()
  const seen = useSeenVersion(warehouse)
  const [first] = useState(warehouse)
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({
    initialValues: {
      code: warehouse?.code ?? '',
      name: warehouse?.name ?? '',
      address: warehouse?.address ?? '',
      priority: (warehouse?.priority ?? PRIORITY) as number | string,
    },
  })
  const submit = form.onSubmit(async values => {
    setFault(null)
    const fields = {
      code: values.code.trim(),
      name: values.name.trim(),
      address: values.address.trim(),
      priority: Number(values.priority),
    }
    try {
      const saved = first
        ? await update.mutateAsync({
            id: first.id,
            version: seen.version,
            change: changedOf(partsOf(first), fields),
          })
        : await create.mutateAsync(fields)
      notifyDone(t('saved', { code: saved.code }))
      onClose()
    } catch (error) {
      seen.refused(error)
      setFault(showFaults(form, error))
    }
  })
  return (
    <FormModal
      title={warehouse ? t('editWarehouse', { code: warehouse.code }) : t('newWarehouse')}
      fault={fault}
      loading={create.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('name')} required data-autofocus {...form.getInputProps('name')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label={t('code')}
          description={t('codeHint')}
          required
          spellCheck={false}
          {...form.getInputProps('code')}
        />
        <NumberInput
          label={t('priority')}
          description={t('priorityHint')}
          allowDecimal={false}
          {...form.getInputProps('priority')}
        />
      </SimpleGrid>
      <Textarea label={t('address')} autosize minRows={2} maxRows={6} {...form.getInputProps('address')} />
    </FormModal>
  )
}

interface LocationFormProps {
  warehouse: Warehouse
  /** The location to edit; null: a new one. */
  location: Location | null
  onClose: () => void
}

export function LocationForm({ warehouse, location, onClose }: LocationFormProps) {
  const t = useTexts(warehouseTexts)
  const kinds = useTexts(locationKindTexts)
  const create = useCreateLocation()
  const update = useUpdateLocation()
  const [fault, setFault] = useState<string | null>(null)
  const seen = useSeenVersion(location)
  const [first] = useState(location)
  const form = useForm({
    initialValues: { code: location?.code ?? '', kind: location?.kind ?? ('storage' as LocationKind) },
  })
  const submit = form.onSubmit(async ({ code, kind }) => {
    setFault(null)
    try {
      const fields = { code: code.trim(), kind }
      const saved = first
        ? await update.mutateAsync({
            id: first.id,
            version: seen.version,
            change: changedOf({ code: first.code, kind: first.kind }, fields),
          })
        : await create.mutateAsync({ ...fields, warehouse: warehouse.code })
      notifyDone(t('saved', { code: saved.code }))
      onClose()
    } catch (error) {
      seen.refused(error)
      setFault(showFaults(form, error))
    }
  })
  const choices = (['storage', 'receiving', 'hold'] as const).map(kind => ({
    value: kind,
    label: kinds(kind),
  }))
  return (
    <FormModal
      title={
        location ? t('editLocation', { code: location.code }) : t('newLocation', { code: warehouse.code })
      }
      fault={fault}
      loading={create.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('code')}
        description={t('labelHint')}
        required
        data-autofocus
        spellCheck={false}
        {...form.getInputProps('code')}
      />
      <Select
        label={t('kind')}
        description={t('kindHint')}
        data={choices}
        allowDeselect={false}
        {...form.getInputProps('kind')}
      />
    </FormModal>
  )
}
