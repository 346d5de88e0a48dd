import { Alert, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { ActionButton } from '~/ui/ActionButton'
import { useProblemText } from '~/ui/problems'

interface StockFormProps {
  /** Why it was refused. */
  fault: unknown
  /** Why it cannot be sent yet: the button says it, and Enter does nothing. */
  missing: string | undefined
  loading: boolean
  submitText: string
  onSubmit: () => void
  /** In front of the button. */
  beside?: ReactNode
  children: ReactNode
}

/** A form of stock work: Enter sends it, from any field. */
export function StockForm(props: StockFormProps) {
  const text = useProblemText()
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (props.missing === undefined) props.onSubmit()
      }}
    >
      <Stack gap="sm">
        {props.fault != null && (
          <Alert color="red" role="alert">
            {text(props.fault)}
          </Alert>
        )}
        {props.children}
        <Group justify="flex-end">
          {props.beside}
          <ActionButton type="submit" loading={props.loading} disabledReason={props.missing}>
            {props.submitText}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  )
}
