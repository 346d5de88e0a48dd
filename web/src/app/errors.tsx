import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconMapSearch } from '@tabler/icons-react'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Problem } from '~/api/problem'
import { useTexts } from '~/i18n/catalogue'
import { useProblemText } from '~/ui/problems'
import { useCan } from './session'
import { appTexts } from './texts'

/** In place of a page that failed: what happened, and what to do. */
export function PageError({ error, reset }: ErrorComponentProps) {
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
