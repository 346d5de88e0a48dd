import { Button, Checkbox, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { NewApiKeyAnswer, Permission } from '~/api/schema.gen'
import { useMe } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { permissionMeanings } from '~/ui/access'
import { FormModal } from '~/ui/FormModal'
import { showFaults } from '~/ui/problems'
import { useCreateApiKey } from './api'
import { readingOf } from './state'
import { apiKeyTexts } from './texts'

const DAYS = [7, 30, 90, 180, 365, 730]
const DAYS_DEFAULT = 90
const DAY_MS = 86_400_000

interface Values {
  name: string
  days: string
  which: 'all' | 'some'
  scopes: Permission[]
}

interface ApiKeyFormProps {
  onDone: (made: NewApiKeyAnswer) => void
  onClose: () => void
}

export function ApiKeyForm({ onDone, onClose }: ApiKeyFormProps) {
  const t = useTexts(apiKeyTexts)
  const format = useFormat()
  const create = useCreateApiKey()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm<Values>({
    initialValues: { name: '', days: String(DAYS_DEFAULT), which: 'some', scopes: [] },
    validate: {
      scopes: (scopes, { which }) => (which === 'some' && scopes.length === 0 ? t('nothingChosen') : null),
    },
  })
  const days = Number(form.values.days)
  const submit = form.onSubmit(async ({ name, which, scopes }) => {
    setFault(null)
    const wanted = which === 'some' ? { scopes } : {}
    try {
      onDone(await create.mutateAsync({ name: name.trim(), expires_in_days: days, ...wanted }))
    } catch (error) {
      setFault(showFaults(form, error, { expires_in_days: 'days' }))
    }
  })
  return (
    <FormModal
      title={t('newKey')}
      submitText={t('create')}
      size="lg"
      fault={fault}
      loading={create.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('name')}
        description={t('nameHint')}
        required
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <Select
        label={t('expires')}
        description={t('until', { date: format.date(new Date(Date.now() + days * DAY_MS)) })}
        data={DAYS.map(count => ({ value: String(count), label: t('days', { count }) }))}
        allowDeselect={false}
        maw={240}
        {...form.getInputProps('days')}
      />
      <Radio.Group label={t('scopes')} {...form.getInputProps('which')}>
        <Stack gap={8} mt={6}>
          <Radio value="some" label={t('chosen')} description={t('chosenHint')} />
          <Radio value="all" label={t('everything')} description={t('everythingHint')} />
        </Stack>
      </Radio.Group>
      {form.values.which === 'some' && (
        <ScopeChoice
          value={form.values.scopes}
          error={form.errors.scopes}
          onChange={scopes => form.setFieldValue('scopes', scopes)}
        />
      )}
    </FormModal>
  )
}

interface ScopeChoiceProps {
  value: Permission[]
  error: React.ReactNode
  onChange: (scopes: Permission[]) => void
}

/** The permissions of whoever asks, each with what it allows. */
function ScopeChoice({ value, error, onChange }: ScopeChoiceProps) {
  const t = useTexts(apiKeyTexts)
  const meaning = useTexts(permissionMeanings)
  const mine = useMe().data?.permissions ?? []
  return (
    <Checkbox.Group
      label={t('chosen')}
      labelProps={{ style: { position: 'absolute', clipPath: 'inset(50%)' } }}
      value={value}
      error={error}
      onChange={chosen => onChange(chosen as Permission[])}
    >
      <Group justify="flex-end" mb={6}>
        <Button size="compact-xs" variant="default" onClick={() => onChange(readingOf(mine))}>
          {t('reading')}
        </Button>
      </Group>
      <Stack gap={10} mb={6}>
        {mine.map(permission => (
          <Checkbox
            key={permission}
            size="sm"
            value={permission}
            label={meaning(permission)}
            description={
              <Text span fz="xs" className="code">
                {permission}
              </Text>
            }
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
