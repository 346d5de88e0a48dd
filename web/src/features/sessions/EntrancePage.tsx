import { Card, Center, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Logo } from '~/app/Logo'
import { useTexts } from '~/i18n/catalogue'
import { sessionTexts } from './texts'

/** A page before anybody is signed in: one card in the middle. */
export function EntrancePage({ title, children }: { title: string; children: ReactNode }) {
  const t = useTexts(sessionTexts)
  useEffect(() => {
    document.title = `${title} · Stockbook`
  }, [title])
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap={6} align="center">
          <Logo />
          <Text c="dimmed" fz="sm">
            {t('tagline')}
          </Text>
        </Stack>
        <Card padding="xl" radius="lg" shadow="sm">
          <Title order={1} fz="lg" mb="md">
            {title}
          </Title>
          {children}
        </Card>
      </Stack>
    </Center>
  )
}
