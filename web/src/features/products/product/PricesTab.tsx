import { Alert, Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import type { Price, Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable } from '~/ui/DataTable'
import { MoneyInput } from '~/ui/MoneyInput'
import { Panel } from '~/ui/Panel'
import { notifyDone, notifyProblem, showFaults } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useAddPrice, useProductPrices, useRemovePrice } from '../details'
import { detailTexts } from './texts'

/** What it cost, costs and will cost. */
export function PricesTab({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const ui = useTexts(uiTexts)
  const prices = useProductPrices(product.id)
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <Panel
      title={t('priceHistory')}
      beside={
        <ActionButton size="xs" onClick={open} needs="products.write">
          {t('changePrice')}
        </ActionButton>
      }
    >
      <QueryView query={prices}>{rows => <PriceTable product={product} prices={rows} />}</QueryView>
      <Modal
        opened={opened}
        onClose={close}
        title={t('changePrice')}
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <PriceForm product={product} onDone={close} />
      </Modal>
    </Panel>
  )
}

function PriceTable({ product, prices }: { product: Product; prices: Price[] }) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const remove = useRemovePrice(product.id)
  const now = new Date().toISOString()
  const scheduled = (price: Price) => !price.current && price.effective_from > now
  return (
    <DataTable
      label={t('priceHistory')}
      rows={prices}
      rowKey={price => price.effective_from}
      faded={price => !price.current && !scheduled(price)}
      columns={[
        {
          title: t('effective'),
          cell: price => (
            <Group gap="2px 8px">
              <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(price.effective_from)}</span>
              {price.current && <Badge size="sm">{t('current')}</Badge>}
              {scheduled(price) && (
                <Badge size="sm" color="gray">
                  {t('scheduled')}
                </Badge>
              )}
            </Group>
          ),
        },
        {
          title: t('price'),
          align: 'right',
          cell: price => <b>{format.money(price.price, price.currency)}</b>,
        },
        { title: t('reason'), wide: true, cell: price => price.reason ?? '' },
        { title: t('by'), wide: true, cell: price => price.actor },
        {
          title: t('action'),
          align: 'right',
          cell: price =>
            scheduled(price) ? (
              <Button
                size="compact-xs"
                variant="subtle"
                loading={remove.isPending}
                onClick={() =>
                  remove.mutate(price, {
                    onSuccess: () => notifyDone(t('takenBack')),
                    onError: notifyProblem,
                  })
                }
              >
                {t('takeBack')}
              </Button>
            ) : null,
        },
      ]}
    />
  )
}

function PriceForm({ product, onDone }: { product: Product; onDone: () => void }) {
  const t = useTexts(detailTexts)
  const ui = useTexts(uiTexts)
  const add = useAddPrice(product.id)
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({
    initialValues: { price: product.price ?? '', effective_from: null as string | null, reason: '' },
  })
  const submit = form.onSubmit(async values => {
    setFault(null)
    try {
      await add.mutateAsync({
        price: values.price,
        ...(values.effective_from && { effective_from: new Date(values.effective_from).toISOString() }),
        ...(values.reason.trim() && { reason: values.reason.trim() }),
      })
      notifyDone(t('priceSaved'))
      onDone()
    } catch (error) {
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
        <MoneyInput
          label={t('newPrice')}
          rightSection={
            <Text fz="xs" c="dimmed">
              {product.currency}
            </Text>
          }
          data-autofocus
          {...form.getInputProps('price')}
        />
        <DateTimePicker
          label={t('effective')}
          description={t('effectiveHint')}
          minDate={new Date()}
          clearable
          clearButtonProps={{ 'aria-label': ui('clear') }}
          {...form.getInputProps('effective_from')}
        />
        <TextInput label={t('reason')} {...form.getInputProps('reason')} />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onDone}>
            {ui('cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {ui('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
