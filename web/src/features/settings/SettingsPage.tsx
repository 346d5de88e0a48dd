import { Alert, Group, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { Settings } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, showFaults } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useOff } from '~/ui/useOff'
import { useSettings, useUpdateSettings } from './api'
import { changeOf, type SettingsValues, valuesOf } from './form'
import { settingsTexts } from './texts'

export function SettingsPage() {
  const t = useTexts(settingsTexts)
  const query = useSettings()
  return (
    <>
      <PageHeader title={t('title')} description={t('about')} />
      <QueryView query={query}>
        {settings => <SettingsForm key={settings.version} settings={settings} />}
      </QueryView>
    </>
  )
}

/** It begins anew with each version: what others set meanwhile is shown, and was refused with a word before that. */
function SettingsForm({ settings }: { settings: Settings }) {
  const t = useTexts(settingsTexts)
  const ui = useTexts(uiTexts)
  const off = useOff()
  const format = useFormat()
  const update = useUpdateSettings()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm<SettingsValues>({ initialValues: valuesOf(settings) })
  const change = changeOf(valuesOf(settings), form.values)
  const submit = form.onSubmit(async () => {
    setFault(null)
    try {
      await update.mutateAsync({ version: settings.version, change })
      notifyDone(t('saved'))
    } catch (error) {
      setFault(showFaults(form, error))
    }
  })
  const reason = off('settings.write') ?? (Object.keys(change).length === 0 ? t('nothing') : undefined)
  return (
    <form onSubmit={submit} noValidate style={{ maxWidth: 760 }}>
      <Stack gap="sm">
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Panel title={t('purchasing')}>
          <Stack gap="md">
            <Radio.Group label={t('approval')} {...form.getInputProps('approval')}>
              <Group gap="lg" mt={6}>
                <Radio value="every" label={t('every')} />
                <Radio value="above" label={t('above')} />
              </Group>
            </Radio.Group>
            {form.values.approval === 'above' && (
              <TextInput
                label={t('limit')}
                description={t('limitHint')}
                inputMode="decimal"
                rightSection={settings.currency}
                rightSectionWidth={52}
                maw={320}
                {...form.getInputProps('purchase_approval_above')}
              />
            )}
            <NumberInput
              label={t('overReceipt')}
              description={t('overReceiptHint')}
              min={0}
              max={100}
              decimalScale={2}
              maw={320}
              suffix=" %"
              {...form.getInputProps('over_receipt_percent')}
            />
          </Stack>
        </Panel>
        <Panel title={t('ledger')}>
          <Stack gap="md">
            <NumberInput
              label={t('backdate')}
              description={t('backdateHint')}
              min={0}
              max={3650}
              allowDecimal={false}
              maw={320}
              {...form.getInputProps('backdate_limit_days')}
            />
            <DateTimePicker
              label={t('closed')}
              description={t('closedHint')}
              clearable
              clearButtonProps={{ 'aria-label': ui('clear') }}
              maw={320}
              {...form.getInputProps('books_closed_until')}
            />
            <NumberInput
              label={t('retention')}
              description={t('retentionHint')}
              min={1}
              max={36500}
              allowDecimal={false}
              maw={320}
              {...form.getInputProps('event_retention_days')}
            />
          </Stack>
        </Panel>
        <Group justify="space-between">
          <Text fz="xs" c="dimmed">
            {t('lastChanged', { when: format.relative(settings.updated_at) })}
          </Text>
          <ActionButton type="submit" disabledReason={reason} loading={update.isPending}>
            {ui('save')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
