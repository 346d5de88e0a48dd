import { NumberInput, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { Supplier } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { FormModal } from '~/ui/FormModal'
import { notifyDone, showFaults } from '~/ui/problems'
import { useSeenVersion } from '~/ui/useSeenVersion'
import { useCreateSupplier, useUpdateSupplier } from './api'
import { changeOf, type SupplierValues, supplierOf, valuesOf } from './form'
import { supplierTexts } from './texts'

interface SupplierFormProps {
  /** The supplier to edit; null: a new one. */
  supplier: Supplier | null
  onDone: (supplier: Supplier) => void
  onClose: () => void
}

export function SupplierForm({ supplier, onDone, onClose }: SupplierFormProps) {
  const t = useTexts(supplierTexts)
  const create = useCreateSupplier()
  const update = useUpdateSupplier()
  const seen = useSeenVersion(supplier)
  const [first] = useState(supplier)
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm<SupplierValues>({ initialValues: valuesOf(supplier) })
  const submit = form.onSubmit(async values => {
    setFault(null)
    try {
      const saved = first
        ? await update.mutateAsync({
            id: first.id,
            version: seen.version,
            change: changeOf(valuesOf(first), values),
          })
        : await create.mutateAsync(supplierOf(values))
      notifyDone(t('saved', { name: saved.name }))
      onDone(saved)
    } catch (error) {
      seen.refused(error)
      setFault(showFaults(form, error))
    }
  })
  return (
    <FormModal
      title={supplier ? t('editSupplier') : t('newSupplier')}
      size="lg"
      fault={fault}
      loading={create.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('name')} required data-autofocus {...form.getInputProps('name')} />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" verticalSpacing="sm">
        <TextInput label={t('code')} required spellCheck={false} {...form.getInputProps('code')} />
        <TextInput
          label={t('currency')}
          maxLength={3}
          placeholder="EUR"
          spellCheck={false}
          {...form.getInputProps('currency')}
        />
        <NumberInput
          label={t('leadTimeDays')}
          min={0}
          allowDecimal={false}
          {...form.getInputProps('lead_time_days')}
        />
        <TextInput label={t('contact')} {...form.getInputProps('contact')} />
        <TextInput label={t('email')} type="email" {...form.getInputProps('email')} />
        <TextInput label={t('phone')} type="tel" {...form.getInputProps('phone')} />
      </SimpleGrid>
      <Textarea label={t('address')} autosize minRows={2} maxRows={6} {...form.getInputProps('address')} />
      <TextInput label={t('terms')} {...form.getInputProps('payment_terms')} />
    </FormModal>
  )
}
