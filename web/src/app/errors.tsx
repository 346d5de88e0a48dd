import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff, IconLock, IconMapSearch } from '@tabler/icons-react'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Problem } from '~/api/problem'
import { useTexts } from '~/i18n/catalogue'
import { useProblemText } from '~/ui/problems'
import { isNotLoaded } from './lazyPage'
import { useCan } from './session'
import { appTexts } from './texts'

/** In place of a page that failed: what happened, and what to do. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return isNotLoaded(error) ? <NotReached /> : <Failed error={error} reset={reset} />
}

/** So often the server is asked for. */
const ASK_MS = 2000

/** In place of a page whose code did not arrive: it goes on by itself once the server is back. */
function NotReached() {
  const t = useTexts(appTexts)
  useEffect(() => {
    const timer = setInterval(async () => {
      const answer = await fetch('/livez').catch(() => null)
      if (answer?.ok) location.reload()
    }, ASK_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <Stack align="center" gap="sm" py="15vh" px="md" role="alert">
      <IconCloudOff size={36} stroke={1.5} />
      <Title order={1}>{t('notReachedTitle')}</Title>
      <Text c="dimmed" ta="center" maw={480}>
        {t('notReachedText')}
      </Text>
      <Button mt="xs" onClick={() => location.reload()}>
        {t('errorRetry')}
      </Button>
    </Stack>
  )
}

function Failed({ error, reset }: Pick<ErrorComponentProps, 'error' | 'reset'>) {
  const t = useTexts(appTexts)
  const text = useProblemText()
  return (
    <Stack align="center" gap="sm" py="15vh" px="md" role="alert">
      <IconAlertTriangle size={36} stroke={1.5} />
      <Title order={1}>{t('errorTitle')}</Title>
      <Text c="dimmed" ta="center" maw={480}>
        {text(error)}
      </Text>
      {error instanceof Problem && <Code>{error.code}</Code>}
      <Group mt="xs">
        <Button onClick={reset}>{t('errorRetry')}</Button>
        <Button variant="default" component={Link} to="/">
          {t('errorHome')}
        </Button>
      </Group>
    </Stack>
  )
}

/** In place of a page that is not for whoever is there. */
export function ClosedPage({ permission }: { permission: string | undefined }) {
  const t = useTexts(appTexts)
  const can = useCan()
  const isMissing = permission !== undefined && !can(permission)
  return (
    <Stack align="center" gap="sm" py="15vh" px="md">
      <IconLock size={36} stroke={1.5} />
      <Title order={1}>{t('closedTitle')}</Title>
      <Text c="dimmed" ta="center" maw={480}>
        {isMissing ? t('closedText', { permission }) : t('closedWarehouses')}
      </Text>
      <Button mt="xs" component={Link} to="/">
        {t('errorHome')}
      </Button>
    </Stack>
  )
}

export function NotFoundPage() {
  const t = useTexts(appTexts)
  return (
    <Stack align="center" gap="sm" py="15vh" px="md">
      <IconMapSearch size={36} stroke={1.5} />
      <Title order={1}>{t('notFoundTitle')}</Title>
      <Text c="dimmed">{t('notFoundText')}</Text>
      <Button mt="xs" component={Link} to="/">
        {t('errorHome')}
      </Button>
    </Stack>
  )
}
