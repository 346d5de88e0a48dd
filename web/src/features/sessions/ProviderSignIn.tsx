import { Alert, Button, Divider } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { defineTexts, type PlainKey, useTexts } from '~/i18n/catalogue'

const texts = defineTexts({
  en: {
    or: 'or',
    signInWith: 'Sign in with {name}',
    unknown: 'Nobody here has the address that you signed in with. Ask an administrator to add you.',
    unverified: 'Your address was not verified there. Have it verified, then try again.',
    unavailable: 'The other service does not answer. Try again in a moment, or sign in with your password.',
    tooMany: 'Too many tries. Wait a moment, then try again.',
    failed: 'That did not work. Please try again.',
  },
  de: {
    or: 'oder',
    signInWith: 'Anmelden mit {name}',
    unknown:
      'Niemand hier hat die Adresse, mit der Sie sich angemeldet haben. Bitten Sie einen Administrator, Sie hinzuzufügen.',
    unverified: 'Ihre Adresse ist dort nicht bestätigt. Bestätigen Sie sie und versuchen Sie es dann erneut.',
    unavailable:
      'Der andere Dienst antwortet nicht. Versuchen Sie es gleich noch einmal, oder melden Sie sich mit Ihrem Passwort an.',
    tooMany: 'Zu viele Versuche. Bitte kurz warten und dann erneut versuchen.',
    failed: 'Das hat nicht geklappt. Bitte versuchen Sie es erneut.',
  },
})

const REASONS: Record<string, PlainKey<typeof texts.en>> = {
  oidc_user_unknown: 'unknown',
  oidc_email_unverified: 'unverified',
  oidc_unavailable: 'unavailable',
  too_many_attempts: 'tooMany',
}

/** Why the last try with a provider did not work: `failed` is the code with which the server leads back here. */
export function ProviderFailure({ failed }: { failed: string | undefined }) {
  const t = useTexts(texts)
  if (!failed) return null
  return (
    <Alert color="red" role="alert">
      {t(REASONS[failed] ?? 'failed')}
    </Alert>
  )
}

/** A button that leads to the provider of OpenID Connect, if the server has one. */
export function ProviderButton({ next }: { next: string }) {
  const t = useTexts(texts)
  const provider = useQuery({
    queryKey: keys.oidc(),
    queryFn: async ({ signal }) => await data(api.GET('/oidc', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const name = provider.data?.name
  if (!name) return null
  return (
    <>
      <Divider label={t('or')} />
      <Button
        component="a"
        href={`/oidc/sign-in?${new URLSearchParams({ next })}`}
        variant="default"
        size="md"
        fullWidth
      >
        {t('signInWith', { name })}
      </Button>
    </>
  )
}
