import { Alert, Button, Group, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { NewPriceChange, PriceChange, Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable } from '~/ui/DataTable'
import { MoneyInput } from '~/ui/MoneyInput'
import { notifyDone, showFaults } from '~/ui/problems'
import { uiTexts } from '~/ui/texts'
import { useChangePrices, usePreviewPriceChange } from './bulkApi'
import { bulkTexts } from './bulkTexts'
import type { ProductSearch } from './search'

interface Values {
  scope: 'selected' | 'filter'
  by_percent: string
  round_to: string
  ending: string
  effective_from: string | null
  reason: string
}

/** Most products that can be named; what a filter finds may be more. */
const NAMED_MAX = 200
const SHOWN_MAX = 100

interface PriceChangeFormProps {
  selected: readonly Product[]
  search: ProductSearch
  onDone: () => void
}

/** Prices of many products by a percentage: first what it would do, then it is done. */
export function PriceChangeForm({ selected, search, onDone }: PriceChangeFormProps) {
  const t = useTexts(bulkTexts)
  const ui = useTexts(uiTexts)
  const format = useFormat()
  const preview = usePreviewPriceChange()
  const change = useChangePrices()
  const [fault, setFault] = useState<string | null>(null)
  const [planned, setPlanned] = useState<{ change: NewPriceChange; outcome: PriceChange } | null>(null)
  const form = useForm<Values>({
    initialValues: {
      scope: selected.length <= NAMED_MAX ? 'selected' : 'filter',
      by_percent: '',
      round_to: '',
      ending: '',
      effective_from: null,
      reason: '',
    },
    onValuesChange: () => setPlanned(null),
  })
  const show = form.onSubmit(async values => {
    setFault(null)
    const wanted = changeOf(values, selected, search)
    try {
      setPlanned({ change: wanted, outcome: await preview.mutateAsync(wanted) })
    } catch (error) {
      setFault(showFaults(form, error))
    }
  })
  const apply = async () => {
    if (!planned) return
    try {
      const done = await change.mutateAsync(planned.change)
      notifyDone(t('pricesChanged', { count: done.changed }))
      onDone()
    } catch (error) {
      setFault(showFaults(form, error))
    }
  }
  return (
    <form onSubmit={show} noValidate>
      <Stack gap="sm">
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Radio.Group label={t('which')} {...form.getInputProps('scope')}>
          <Group gap="lg" mt={4}>
            <Radio
              value="selected"
              label={t('theSelected', { count: selected.length })}
              disabled={selected.length > NAMED_MAX}
            />
            <Radio value="filter" label={t('theFiltered')} disabled={search.archived === true} />
          </Group>
        </Radio.Group>
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <MoneyInput
            label={t('byPercent')}
            placeholder="5, -10"
            required
            data-autofocus
            {...form.getInputProps('by_percent')}
          />
          <MoneyInput
            label={t('roundTo')}
            placeholder={format.amountText('0.05')}
            {...form.getInputProps('round_to')}
          />
          <MoneyInput
            label={t('ending')}
            placeholder={format.amountText('0.99')}
            {...form.getInputProps('ending')}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label={t('reason')} required {...form.getInputProps('reason')} />
          <DateTimePicker
            label={t('effective')}
            placeholder={t('atOnce')}
            minDate={new Date()}
            clearable
            clearButtonProps={{ 'aria-label': ui('clear') }}
            {...form.getInputProps('effective_from')}
          />
        </SimpleGrid>
        {planned && <Planned outcome={planned.outcome} />}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onDone}>
            {ui('cancel')}
          </Button>
          {planned ? (
            <Button
              onClick={() => void apply()}
              loading={change.isPending}
              disabled={planned.outcome.changed === 0}
            >
              {t('apply', { count: planned.outcome.changed })}
            </Button>
          ) : (
            <Button type="submit" loading={preview.isPending}>
              {t('preview')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function Planned({ outcome }: { outcome: PriceChange }) {
  const t = useTexts(bulkTexts)
  const format = useFormat()
  return (
    <div style={{ maxHeight: 260, overflowY: 'auto' }}>
      <Text fz="sm" c="dimmed" mb={4}>
        {t('planned', { count: outcome.changed, unchanged: outcome.unchanged })}
      </Text>
      <DataTable
        label={t('preview')}
        rows={outcome.items.slice(0, SHOWN_MAX)}
        rowKey={item => item.product_id}
        columns={[
          { title: t('sku'), cell: item => <span className="code">{item.sku}</span> },
          {
            title: t('before'),
            align: 'right',
            cell: item =>
              item.price_before == null
                ? '–'
                : format.money(item.price_before, item.currency_before ?? item.currency),
          },
          {
            title: t('after'),
            align: 'right',
            cell: item => <b>{format.money(item.price, item.currency)}</b>,
          },
        ]}
      />
    </div>
  )
}

/** What is asked of the server. */
function changeOf(values: Values, selected: readonly Product[], search: ProductSearch): NewPriceChange {
  const { q, category_id, warehouse, low_stock } = search
  const filter =
    values.scope === 'selected'
      ? { sku: selected.map(product => product.sku) }
      : {
          ...(q && { q }),
          ...(category_id && { category_id: [category_id] }),
          ...(warehouse && { warehouse: [warehouse] }),
          ...(low_stock && { low_stock }),
        }
  return {
    filter,
    by_percent: values.by_percent,
    reason: values.reason.trim(),
    ...(values.round_to && { round_to: values.round_to }),
    ...(values.ending && { ending: values.ending }),
    ...(values.effective_from && { effective_from: new Date(values.effective_from).toISOString() }),
  }
}
