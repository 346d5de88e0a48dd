import {
  Alert,
  Autocomplete,
  Button,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { type Format, useFormat } from '~/i18n/format'
import { MoneyInput } from '~/ui/MoneyInput'
import { notifyDone, problemText, showFaults } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { productQuery, useCategories, useCreateProduct, useUpdateProduct, useWarehouses } from './api'
import { changeOf, type FormValues, newProductOf, UNITS, valuesOf } from './form'
import { formTexts } from './formTexts'

interface ProductFormProps {
  /** The product to edit; null: a new one. */
  product: Product | null
  /** The barcode that a new one begins with. */
  barcode?: string
  onDone: (product: Product) => void
  onCancel: () => void
}

/** Create or edit a product. What the server refuses stands at its field; what others changed meanwhile is told. */
export function ProductForm({ product, barcode, onDone, onCancel }: ProductFormProps) {
  const t = useTexts(formTexts)
  const ui = useTexts(uiTexts)
  const create = useCreateProduct()
  const update = useUpdateProduct()
  const queryClient = useQueryClient()
  /** What the form began with, and the version that was told of: others may write meanwhile. */
  const [first] = useState(product)
  const [version, setVersion] = useState(product?.version ?? 0)
  const tell = useChangesOfOthers()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm<FormValues>({
    initialValues: { ...valuesOf(product), ...(barcode && { barcode }) },
    validateInputOnChange: false,
  })

  const submit = form.onSubmit(async values => {
    setFault(null)
    try {
      if (!first) {
        const made = await create.mutateAsync(newProductOf(values))
        notifyDone(t('created', { name: made.name }))
        return onDone(made)
      }
      const change = changeOf(valuesOf(first), values)
      if (Object.keys(change).length === 0) return onCancel()
      const saved = await update.mutateAsync({ id: first.id, version, change })
      notifyDone(t('saved', { name: saved.name }))
      onDone(saved)
    } catch (error) {
      if (error instanceof Problem && error.status === 412 && first) {
        const now = await queryClient.fetchQuery(productQuery(first.id)).catch(() => null)
        if (!now) return setFault(problemText(error)) // what others changed is told by the next try
        setVersion(now.version) // the next try is made knowing what is told here
        return setFault(tell(first, now))
      }
      setFault(showFaults(form, error))
    }
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Fields form={form} isNew={!product} currency={product?.currency ?? null} />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onCancel}>
            {ui('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {product ? ui('save') : t('create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Says which fields others have changed, from what to what. */
function useChangesOfOthers(): (before: Product, now: Product) => string {
  const t = useTexts(formTexts)
  const names = {
    name: t('name'),
    sku: t('sku'),
    barcode: t('barcode'),
    price: t('price'),
    category_id: t('category'),
    unit: t('unit'),
    reorder_point: t('reorderPoint'),
    description: t('description'),
  }
  const format = useFormat()
  return (before, now) => {
    const [was, is] = [shownOf(before, format), shownOf(now, format)]
    const changed = Object.keys(names) as (keyof typeof names)[]
    const told = changed
      .filter(field => was[field] !== is[field])
      .map(field => `${names[field]}: ${was[field] || '–'} → ${is[field] || '–'}`)
    return t('changedMeanwhile', { changes: told.join(', ') || '–' })
  }
}

/** The values as people read them. */
function shownOf(product: Product, format: Format) {
  return {
    ...valuesOf(product),
    price: format.money(product.price ?? null, product.currency ?? null),
    category_id: product.category.path,
    reorder_point: product.reorder_point == null ? '' : format.quantity(product.reorder_point),
  }
}

type Form = ReturnType<typeof useForm<FormValues>>

function Fields({ form, isNew, currency }: { form: Form; isNew: boolean; currency: string | null }) {
  const t = useTexts(formTexts)
  const categories = useCategories().data ?? []
  return (
    <>
      <TextInput label={t('name')} required data-autofocus autoFocus {...form.getInputProps('name')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        <TextInput label={t('sku')} required spellCheck={false} {...form.getInputProps('sku')} />
        <TextInput label={t('barcode')} spellCheck={false} {...form.getInputProps('barcode')} />
        <MoneyInput label={t('price')} required rightSection={currency} {...form.getInputProps('price')} />
        <Select
          label={t('category')}
          placeholder={t('categoryNone')}
          data={categories.map(category => ({ value: String(category.id), label: category.path }))}
          searchable
          clearable={isNew}
          {...form.getInputProps('category_id')}
        />
        <Autocomplete label={t('unit')} data={UNITS} {...form.getInputProps('unit')} />
        <NumberInput
          label={t('reorderPoint')}
          description={t('reorderPointHint')}
          min={0}
          decimalScale={6}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('reorder_point')}
        />
        {isNew && <OpeningStock form={form} />}
      </SimpleGrid>
      <Textarea
        label={t('description')}
        autosize
        minRows={2}
        maxRows={8}
        {...form.getInputProps('description')}
      />
    </>
  )
}

function OpeningStock({ form }: { form: Form }) {
  const t = useTexts(formTexts)
  const warehouses = useWarehouses().data ?? []
  return (
    <>
      <NumberInput
        label={t('openingStock')}
        description={t('openingStockHint')}
        min={0}
        decimalScale={6}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...form.getInputProps('on_hand')}
      />
      <Select
        label={t('warehouse')}
        placeholder={t('warehouseDefault')}
        data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
        clearable
        {...form.getInputProps('warehouse')}
      />
    </>
  )
}
