import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { ComponentType, ReactNode } from 'react'

interface EmptyStateProps {
  icon: ComponentType<{ size?: number; stroke?: number }>
  title: string
  /** What belongs here, and how it gets here. */
  text?: ReactNode
  /** The button that brings the first one. */
  action?: ReactNode
}

/** In place of a list that has nothing: says what belongs there and how to begin. */
export function EmptyState({ icon: Icon, title, text, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <ThemeIcon variant="light" color="gray" size={48} radius="xl" aria-hidden>
        <Icon size={24} stroke={1.6} />
      </ThemeIcon>
      <Title order={2} mt={4} ta="center">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" fz="sm" ta="center" maw={460} component="div">
          {text}
        </Text>
      )}
      {action}
    </Stack>
  )
}
