import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { appTexts } from '~/app/texts'
import { useTexts } from '~/i18n/catalogue'

interface PageHeaderProps {
  title: string
  /** One line below the title. */
  description?: ReactNode
  /** Pages above this one. */
  above?: readonly { to: string; title: string }[]
  /** Beside the title, such as a badge with the state. */
  beside?: ReactNode
  /** Buttons at the right; the main one last. */
  actions?: ReactNode
}

/** The head of a page; gives the window its title too. */
export function PageHeader({ title, description, above = [], beside, actions }: PageHeaderProps) {
  const t = useTexts(appTexts)
  useEffect(() => {
    document.title = t('pageTitle', { page: title })
  })
  return (
    <Stack gap={4} mb="md">
      {above.length > 0 && (
        <Breadcrumbs fz="sm" separatorMargin={6}>
          {above.map(page => (
            <Anchor key={page.to} component={Link} to={page.to} c="dimmed" fz="sm">
              {page.title}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" gap="sm">
        <Group gap="sm" style={{ minWidth: 0, flex: '1 1 auto' }}>
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {beside}
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {description && (
        <Text c="dimmed" fz="sm" component="div">
          {description}
        </Text>
      )}
    </Stack>
  )
}
