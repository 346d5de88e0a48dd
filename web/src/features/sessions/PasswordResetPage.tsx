import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useResetPassword } from './api'
import { EntrancePage } from './EntrancePage'
import { usePasswordFaults } from './passwords'
import { sessionTexts } from './texts'

/** Where a token from an admin is used: it stands behind `#` in the link, or is typed. */
export function PasswordResetPage() {
  const t = useTexts(sessionTexts)
  const given = useLocation().hash
  const navigate = useNavigate()
  const [done, setDone] = useState(false)
  if (done) {
    return (
      <EntrancePage title={t('chosenTitle')}>
        <Stack gap="md" role="status">
          <Text fz="sm">{t('chosenText')}</Text>
          <Button size="md" fullWidth autoFocus onClick={() => void navigate({ to: '/sign-in' })}>
            {t('toSignIn')}
          </Button>
        </Stack>
      </EntrancePage>
    )
  }
  return (
    <EntrancePage title={t('resetTitle')}>
      <ResetForm key={given} given={given} onDone={() => setDone(true)} />
    </EntrancePage>
  )
}

function ResetForm({ given, onDone }: { given: string; onDone: () => void }) {
  const t = useTexts(sessionTexts)
  const reset = useResetPassword()
  const showFaults = usePasswordFaults()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({ initialValues: { token: given, new_password: '' } })
  const submit = form.onSubmit(async ({ token, new_password }) => {
    setFault(null)
    try {
      await reset.mutateAsync({ token: token.trim(), new_password })
      onDone()
    } catch (error) {
      setFault(showFaults(form, error))
    }
  })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text c="dimmed" fz="sm">
          {t('resetText')}
        </Text>
        {fault && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        {given === '' && (
          <TextInput
            label={t('token')}
            description={t('tokenHint')}
            size="md"
            autoComplete="off"
            spellCheck={false}
            required
            autoFocus
            {...form.getInputProps('token')}
          />
        )}
        <PasswordInput
          label={t('newPassword')}
          description={t('passwordHint')}
          size="md"
          autoComplete="new-password"
          required
          autoFocus={given !== ''}
          {...form.getInputProps('new_password')}
        />
        <Button type="submit" size="md" loading={reset.isPending} fullWidth>
          {t('choose')}
        </Button>
      </Stack>
    </form>
  )
}
