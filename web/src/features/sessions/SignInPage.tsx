import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Problem } from '~/api/problem'
import { useTexts } from '~/i18n/catalogue'
import { useProblemText } from '~/ui/problems'
import { useSetupNeeded, useSignIn } from './api'
import { EntrancePage } from './EntrancePage'
import { ProviderButton, ProviderFailure } from './ProviderSignIn'
import { sessionTexts } from './texts'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const t = useTexts(sessionTexts)
  const problemText = useProblemText()
  const router = useRouter()
  const { next, failed } = route.useSearch()
  const setupNeeded = useSetupNeeded().data ?? false
  const signIn = useSignIn()
  const form = useForm({ initialValues: { email: '', password: '' } })

  useEffect(() => {
    if (setupNeeded) void router.navigate({ to: '/setup', replace: true })
  }, [setupNeeded, router])
  const enter = form.onSubmit(async credentials => {
    try {
      await signIn.mutateAsync(credentials)
      await router.navigate({ href: ownPath(next), replace: true })
    } catch {
      // `signIn.error` says it above the form
    }
  })
  const said = (error: Error) => {
    if (error instanceof Problem && error.status === 401) return t('wrong')
    if (error instanceof Problem && error.status === 429) return t('tooMany')
    return problemText(error)
  }
  return (
    <EntrancePage title={t('signInTo')}>
      <form onSubmit={enter} noValidate>
        <Stack gap="md">
          {!signIn.error && <ProviderFailure failed={failed} />}
          {signIn.error && (
            <Alert color="red" role="alert">
              {said(signIn.error)}
            </Alert>
          )}
          <TextInput
            label={t('email')}
            type="email"
            size="md"
            autoComplete="username"
            required
            data-autofocus
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('password')}
            size="md"
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
            {t('signIn')}
          </Button>
          <ProviderButton next={ownPath(next)} />
          <Text fz="xs" c="dimmed" ta="center">
            {t('forgotten')}{' '}
            <Anchor component={Link} to="/password-reset" fz="xs" underline="always">
              {t('haveToken')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </EntrancePage>
  )
}

/** Where somebody wanted to go, if it is a page of this app: an address from elsewhere leads nowhere else. */
export function ownPath(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/'
}
