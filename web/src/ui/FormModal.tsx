import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { uiTexts } from './texts'
import { useFocusBack } from './useFocusBack'

interface FormModalProps {
  title: string
  onClose: () => void
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  /** On the button; “Save” unless given. */
  submitText?: string
  /** For what cannot be taken back. */
  danger?: boolean
  /** What has no field of its own. */
  fault?: string | null
  loading?: boolean
  size?: string
  children: ReactNode
}

/** A form in a dialog. It is shown as long as it is drawn, so that each opening begins with fresh values. */
export function FormModal(props: FormModalProps) {
  const t = useTexts(uiTexts)
  useFocusBack()
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={props.onSubmit} noValidate>
        <Stack gap="sm">
          {props.fault && (
            <Alert color="red" role="alert">
              {props.fault}
            </Alert>
          )}
          {props.children}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={props.onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={props.loading ?? false} {...(props.danger && { color: 'red.9' })}>
              {props.submitText ?? t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
