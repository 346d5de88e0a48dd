import { Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { FormModal } from './FormModal'
import { problemText } from './problems'

interface ConfirmModalProps {
  title: string
  /** What it means. */
  text: ReactNode
  /** What is done, on the button. */
  action: string
  /** Whether it takes something away; it does unless told otherwise. */
  danger?: boolean
  /** Does it; the dialog closes when it has worked, and else says why not. */
  run: () => Promise<unknown>
  onClose: () => void
}

/** Asks before something is done that is hard to undo. */
export function ConfirmModal({ title, text, action, danger = true, run, onClose }: ConfirmModalProps) {
  const [fault, setFault] = useState<string | null>(null)
  const [running, setRunning] = useState(false)
  const submit = async () => {
    setFault(null)
    setRunning(true)
    try {
      await run()
      onClose()
    } catch (error) {
      setFault(problemText(error))
      setRunning(false)
    }
  }
  return (
    <FormModal
      title={title}
      submitText={action}
      danger={danger}
      fault={fault}
      loading={running}
      onClose={onClose}
      onSubmit={event => {
        event.preventDefault()
        void submit()
      }}
    >
      <Text fz="sm" component="div">
        {text}
      </Text>
    </FormModal>
  )
}
