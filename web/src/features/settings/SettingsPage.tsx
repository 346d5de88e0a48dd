import { Alert, Group, NumberInput, Radio, Stack, Text } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { Settings } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { MoneyInput } from '~/ui/MoneyInput'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, showFaults } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useSettings, useUpdateSettings } from './api'
import { changeOf, mergedOf, type SettingsValues, valuesOf } from './form'
import classes from './Settings.module.css'
import { settingsTexts } from './texts'

export function SettingsPage() {
  const t = useTexts(settingsTexts)
  const query = useSettings()
  return (
    <>
      <PageHeader title={t('title')} description={t('about')} />
      <QueryView query={query}>{settings => <SettingsForm settings={settings} />}</QueryView>
    </>
  )
}

/** What others set meanwhile is shown; what somebody has typed stays, and is saved once they know. */
function SettingsForm({ settings }: { settings: Settings }) {
  const t = useTexts(settingsTexts)
  const ui = useTexts(uiTexts)
  const format = useFormat()
  const update = useUpdateSettings()
  const [fault, setFault] = useState<string | null>(null)
  const [seen, setSeen] = useState(settings)
  const form = useForm<SettingsValues>({ initialValues: valuesOf(settings) })
  if (seen.version !== settings.version) {
    setSeen(settings)
    form.setValues(mergedOf(valuesOf(seen), form.values, valuesOf(settings)))
  }
  const change = changeOf(valuesOf(settings), form.values)
  const submit = form.onSubmit(async () => {
    setFault(null)
    try {
      await update.mutateAsync({ version: settings.version, change })
      notifyDone(t('saved'))
    } catch (error) {
      const isLate = error instanceof Problem && error.status === 412
      setFault(isLate ? t('meanwhile') : showFaults(form, error))
    }
  })
  const reason = Object.keys(change).length === 0 ? t('nothing') : undefined
  const mayWrite = useCan()('settings.write')
  return (
    <form onSubmit={submit} noValidate style={{ maxWidth: 760 }}>
      <Stack gap="sm">
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <fieldset disabled={!mayWrite} className={classes.fields}>
          <Stack gap="sm">
            <Panel title={t('purchasing')}>
              <Stack gap="md">
                <Radio.Group label={t('approval')} {...form.getInputProps('approval')}>
                  <Group gap="lg" mt={6}>
                    <Radio value="every" label={t('every')} />
                    <Radio value="above" label={t('above')} />
                  </Group>
                </Radio.Group>
                {form.values.approval === 'above' && (
                  <MoneyInput
                    label={t('limit')}
                    description={t('limitHint')}
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
          </Stack>
        </fieldset>
        <Group justify="space-between">
          <Text fz="xs" c="dimmed">
            {t('lastChanged', { when: format.relative(settings.updated_at) })}
          </Text>
          <ActionButton
            type="submit"
            needs="settings.write"
            disabledReason={reason}
            loading={update.isPending}
          >
            {ui('save')}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
