import { Alert, Button, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useTexts } from '~/i18n/catalogue'
import classes from './ShownOnce.module.css'
import { uiTexts } from './texts'
import { useFocusBack } from './useFocusBack'

interface SecretProps {
  label: string
  /** What it is good for, in a line. */
  hint?: string
  value: string
}

/** Something to be handed on, with a button that copies it. A click or the keyboard chooses all of it, where copying is not allowed. */
export function Secret({ label, hint, value }: SecretProps) {
  const t = useTexts(uiTexts)
  const id = useId()
  return (
    <div>
      <Group justify="space-between" align="flex-end" mb={4} gap="xs" wrap="nowrap">
        <div>
          <Text component="label" htmlFor={id} fz="sm" fw={550}>
            {label}
          </Text>
          {hint && (
            <Text fz="xs" c="dimmed">
              {hint}
            </Text>
          )}
        </div>
        <CopyButton value={value} timeout={3000}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              aria-label={`${copied ? t('copied') : t('copy')}: ${label}`}
              leftSection={copied ? <IconCheck size={15} stroke={2} /> : <IconCopy size={15} stroke={1.7} />}
              onClick={copy}
            >
              {copied ? t('copied') : t('copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
      <textarea
        id={id}
        className={classes.secret}
        readOnly
        spellCheck={false}
        rows={1}
        value={value}
        onFocus={event => event.currentTarget.select()}
      />
    </div>
  )
}

interface ShownOnceProps {
  title: string
  /** What to do with it. */
  text: ReactNode
  children: ReactNode
  onClose: () => void
}

/** What the server shows once: no slip of the hand closes it. */
export function ShownOnce({ title, text, children, onClose }: ShownOnceProps) {
  useFocusBack()
  const t = useTexts(uiTexts)
  return (
    <Modal
      opened
      size="lg"
      title={title}
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Text fz="sm" component="div">
          {text}
        </Text>
        {children}
        <Alert color="yellow">{t('shownOnce')}</Alert>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('noted')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
