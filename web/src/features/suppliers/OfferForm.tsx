import {
  ActionIcon,
  Anchor,
  Group,
  Input,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Product, Supplier, SupplierProduct } from '~/api/schema.gen'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useTexts } from '~/i18n/catalogue'
import { FormModal } from '~/ui/FormModal'
import { MoneyInput } from '~/ui/MoneyInput'
import { notifyDone, showFaults } from '~/ui/problems'
import { changedOf, useSeenVersion } from '~/ui/useSeenVersion'
import { useAddSupplierProduct, useUpdateSupplierProduct } from './api'
import { type CostValues, costsOf } from './form'
import { supplierTexts } from './texts'

interface OfferValues {
  supplier_sku: string
  moq: number | string
  order_multiple: number | string
  lead_time_days: number | string
  preferred: boolean
  costs: CostValues[]
}

function valuesOf(offer: SupplierProduct | null): OfferValues {
  const costs = (offer?.costs ?? []).map(({ min_quantity, unit_cost }) => ({
    min_quantity,
    unit_cost: unit_cost ?? '',
  }))
  return {
    supplier_sku: offer?.supplier_sku ?? '',
    moq: offer?.moq ?? '',
    order_multiple: offer?.order_multiple ?? '',
    lead_time_days: offer?.lead_time_days ?? '',
    preferred: offer?.preferred ?? false,
    costs: costs.length > 0 ? costs : [{ min_quantity: 0, unit_cost: '' }],
  }
}

const orNull = (value: number | string) => (value === '' ? null : Number(value))

/** All but the costs, which have a history. */
function termsOf(values: OfferValues) {
  return {
    supplier_sku: values.supplier_sku.trim() || null,
    moq: orNull(values.moq),
    order_multiple: orNull(values.order_multiple),
    lead_time_days: orNull(values.lead_time_days),
    preferred: values.preferred,
  }
}

interface OfferFormProps {
  supplier: Supplier
  /** What to edit; null: a product more. */
  offer: SupplierProduct | null
  onClose: () => void
}

/** What a supplier asks for a product, and by which packs it sells it. */
export function OfferForm({ supplier, offer, onClose }: OfferFormProps) {
  const t = useTexts(supplierTexts)
  const add = useAddSupplierProduct()
  const update = useUpdateSupplierProduct()
  const [product, setProduct] = useState<Product | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const seen = useSeenVersion(offer)
  const [first] = useState(offer)
  const form = useForm<OfferValues>({ initialValues: valuesOf(offer) })
  const submit = form.onSubmit(async values => {
    setFault(null)
    if (!offer && !product) return setFault(t('chooseFirst'))
    const costs = costsOf(values.costs)
    const terms = termsOf(values)
    // Costs have a history: they are sent only where they were changed.
    const changed = JSON.stringify(costs) !== JSON.stringify(costsOf(valuesOf(first).costs))
    try {
      const saved = first
        ? await update.mutateAsync({
            id: first.id,
            version: seen.version,
            change: { ...changedOf(termsOf(valuesOf(first)), terms), ...(changed && { costs }) },
          })
        : await add.mutateAsync({ ...terms, costs, supplier_id: supplier.id, product_id: product?.id ?? 0 })
      notifyDone(t('offerSaved', { sku: saved.sku }))
      onClose()
    } catch (error) {
      seen.refused(error)
      setFault(showFaults(form, error))
    }
  })
  return (
    <FormModal
      title={offer ? t('editOffer', { sku: offer.sku }) : t('addProduct')}
      size="lg"
      fault={fault}
      loading={add.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      {!offer && (
        <>
          <ProductPicker label={t('product')} onPick={setProduct} />
          {product && <Text fw={550}>{t('chosen', { name: product.name, sku: product.sku })}</Text>}
        </>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        <TextInput label={t('supplierSku')} spellCheck={false} {...form.getInputProps('supplier_sku')} />
        <NumberInput
          label={t('leadTimeDays')}
          placeholder={supplier.lead_time_days == null ? '' : String(supplier.lead_time_days)}
          min={0}
          allowDecimal={false}
          {...form.getInputProps('lead_time_days')}
        />
        <NumberInput
          label={t('moq')}
          description={t('moqHint')}
          min={0}
          decimalScale={6}
          {...form.getInputProps('moq')}
        />
        <NumberInput
          label={t('pack')}
          description={t('packHint')}
          min={0}
          decimalScale={6}
          {...form.getInputProps('order_multiple')}
        />
      </SimpleGrid>
      <Costs form={form} currency={supplier.currency} />
      <Switch
        label={t('preferred')}
        description={t('preferredHint')}
        {...form.getInputProps('preferred', { type: 'checkbox' })}
      />
    </FormModal>
  )
}

function Costs({ form, currency }: { form: ReturnType<typeof useForm<OfferValues>>; currency: string }) {
  const t = useTexts(supplierTexts)
  const { costs } = form.values
  return (
    <Input.Wrapper label={t('costs')} labelElement="div">
      <Stack gap="xs" mt={4}>
        {costs.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no name but their place
          <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
            <NumberInput
              aria-label={t('costFrom')}
              placeholder={t('costFrom')}
              min={0}
              decimalScale={6}
              style={{ flex: 1 }}
              {...form.getInputProps(`costs.${index}.min_quantity`)}
            />
            <MoneyInput
              aria-label={t('costEach')}
              placeholder={t('costEach')}
              rightSection={
                <Text fz="xs" c="dimmed">
                  {currency}
                </Text>
              }
              style={{ flex: 1 }}
              {...form.getInputProps(`costs.${index}.unit_cost`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('removeBreak')}
              disabled={costs.length === 1}
              onClick={() => form.removeListItem('costs', index)}
            >
              <IconTrash size={16} stroke={1.7} />
            </ActionIcon>
          </Group>
        ))}
        <Anchor
          component="button"
          type="button"
          fz="sm"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => form.insertListItem('costs', { min_quantity: '', unit_cost: '' })}
        >
          {t('addBreak')}
        </Anchor>
      </Stack>
    </Input.Wrapper>
  )
}
