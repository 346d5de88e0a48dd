import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { showFaults } from '~/ui/problems'
import { useCreateAdministrator } from './api'
import { EntrancePage } from './EntrancePage'
import { sessionTexts } from './texts'

export function SetupPage() {
  const t = useTexts(sessionTexts)
  const navigate = useNavigate()
  const create = useCreateAdministrator()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({ initialValues: { token: '', email: '', name: '', password: '' } })

  const submit = form.onSubmit(async administrator => {
    setFault(null)
    try {
      await create.mutateAsync(administrator)
      await navigate({ to: '/', replace: true })
    } catch (error) {
      setFault(showFaults(form, error))
    }
  })
  return (
    <EntrancePage title={t('setupTitle')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text c="dimmed" fz="sm">
            {t('setupText')}
          </Text>
          {fault && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <TextInput
            label={t('setupToken')}
            description={t('setupTokenHint')}
            size="md"
            autoComplete="off"
            required
            autoFocus
            {...form.getInputProps('token')}
          />
          <TextInput
            label={t('name')}
            size="md"
            autoComplete="name"
            required
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('email')}
            type="email"
            size="md"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('password')}
            description={t('passwordHint')}
            size="md"
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={create.isPending} fullWidth>
            {t('create')}
          </Button>
        </Stack>
      </form>
    </EntrancePage>
  )
}
