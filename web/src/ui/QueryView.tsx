import { Alert, Button, Group, Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useProblemText } from './problems'
import { uiTexts } from './texts'

interface QueryViewProps<T> {
  query: UseQueryResult<T>
  /** What is shown while it loads, in the shape of what comes: rows unless given. */
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}

/** What a query answers; a skeleton until then, and what to do when it fails. Old data stay while new ones come. */
export function QueryView<T>({ query, skeleton = <RowsSkeleton />, children }: QueryViewProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) return <LoadFailed error={query.error} onRetry={() => void query.refetch()} />
  return <>{skeleton}</>
}

export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTexts(uiTexts)
  const text = useProblemText()
  return (
    <Alert color="red" variant="light" title={t('loadFailed')} role="alert">
      <Group justify="space-between" gap="sm">
        <span>{text(error)}</span>
        <Button size="xs" variant="default" onClick={onRetry}>
          {t('retry')}
        </Button>
      </Group>
    </Alert>
  )
}

export function RowsSkeleton({ rows = 6, height = 18 }: { rows?: number; height?: number }) {
  const t = useTexts(uiTexts)
  return (
    <Stack gap="sm" py="xs" role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={row} height={height} width={`${94 - ((row * 17) % 30)}%`} />
      ))}
    </Stack>
  )
}
