import { Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { keys } from '~/api/keys'
import { Problem } from '~/api/problem'
import { useTexts } from '~/i18n/catalogue'
import { useProblemText } from '~/ui/problems'
import classes from './Stock.module.css'
import { stockTexts } from './texts'

const PAUSE_MS = 250

/** What the server says that this change would do; asked while the form is filled in. Null: there is not enough to ask. */
export function usePreview<Body, Outcome>(
  what: string,
  body: Body | null,
  ask: (body: Body, signal?: AbortSignal) => Promise<Outcome>,
) {
  const [settled] = useDebouncedValue(JSON.stringify(body), PAUSE_MS)
  // What is about to happen, or has happened, is not asked about again.
  const known = settled !== 'null' && settled === JSON.stringify(body)
  const query = useQuery({
    queryKey: keys.stockPreview(what, settled),
    queryFn: ({ signal }) => ask(JSON.parse(settled) as Body, signal),
    enabled: known,
    retry: (count, error) => error instanceof Problem && error.retryable && count < 2,
    staleTime: 0,
    gcTime: 0,
  })
  return {
    outcome: known ? query.data : undefined,
    error: known ? query.error : null,
    faults: known ? lineFaults(query.error) : {},
  }
}

/** What is wrong, by the name of the field: also of refusals that name one place, such as `insufficient_stock`. */
export function lineFaults(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {}
  const pointer = error.body.pointer
  if (error.faults.length === 0 && typeof pointer === 'string' && pointer !== '') {
    return { [pointer.replace(/^\//, '').replaceAll('/', '.')]: error.message }
  }
  return error.fields
}

/** The box in which the outcome stands before it happens. */
export function Preview({ error, children }: { error: unknown; children?: ReactNode }) {
  const t = useTexts(stockTexts)
  const text = useProblemText()
  if (!error && !children) return null
  return (
    <section className={classes.preview} aria-label={t('preview')} aria-live="polite">
      {error ? (
        <Text fz="sm" className="bad">
          {text(error)}
        </Text>
      ) : (
        <>
          {children}
          <Text fz="xs" c="dimmed" mt={4}>
            {t('previewHint')}
          </Text>
        </>
      )}
    </section>
  )
}

/** 12 → 9. */
export function Change({ before, after }: { before: string; after: string }) {
  return (
    <span className="num">
      {before} <span className={classes.arrow}>→</span> <b>{after}</b>
    </span>
  )
}
