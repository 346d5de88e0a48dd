import { Alert, Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { DataTable } from '~/ui/DataTable'
import { LoadFailed } from '~/ui/QueryView'
import { Secret } from '~/ui/ShownOnce'
import { uiTexts } from '~/ui/texts'
import { useFocusBack } from '~/ui/useFocusBack'
import { type Found, parseHead, useAuditVerification } from './api'
import { auditTexts } from './texts'

/** Recomputes the chain over the log, and compares it with a head that was noted. */
export function VerifyDialog({ onClose }: { onClose: () => void }) {
  useFocusBack()
  const t = useTexts(auditTexts)
  const ui = useTexts(uiTexts)
  const { found, running, error, start, stop } = useAuditVerification()
  const [noted, setNoted] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [isCompared, setCompared] = useState(false)
  const verify = () => {
    const head = noted.trim() === '' ? null : parseHead(noted)
    setFault(noted.trim() !== '' && head === null ? t('notAHead') : null)
    if (noted.trim() !== '' && head === null) return
    setCompared(head !== null)
    void start(head)
  }
  const close = () => {
    stop()
    onClose()
  }
  return (
    <Modal
      opened
      size="lg"
      title={t('verifyTitle')}
      closeButtonProps={{ 'aria-label': ui('close') }}
      onClose={close}
    >
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          if (!running) verify()
        }}
      >
        <Stack gap="md">
          <Text fz="sm" c="dimmed">
            {t('verifyText')}
          </Text>
          <TextInput
            label={t('noted')}
            description={t('notedHint')}
            spellCheck={false}
            autoComplete="off"
            value={noted}
            error={fault}
            onChange={event => setNoted(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            {running ? (
              <Button variant="default" onClick={stop}>
                {t('stop')}
              </Button>
            ) : (
              <Button type="submit" data-autofocus leftSection={<IconShieldCheck size={16} stroke={1.8} />}>
                {found ? t('again') : t('start')}
              </Button>
            )}
          </Group>
          {running && <Progress value={100} animated striped aria-label={t('running')} />}
          {error !== null && <LoadFailed error={error} onRetry={verify} />}
          {found && error === null && !running && <Outcome found={found} isCompared={isCompared} />}
        </Stack>
      </form>
    </Modal>
  )
}

/** The green of titles, which is readable on what is below it. */
const GOOD = { title: { color: 'var(--sb-good)' } }

function Outcome({ found, isCompared }: { found: Found; isCompared: boolean }) {
  const t = useTexts(auditTexts)
  const { differences, head } = found
  const counts = [t('checked', { count: found.entries })]
  if (found.waiting > 0) counts.push(t('waiting', { count: found.waiting }))
  const counted = `${counts.join('; ')}.`
  if (differences.length > 0) {
    return (
      <>
        <Alert color="red" role="alert" title={t('found', { count: differences.length })}>
          {counted} {t('foundText')} {found.truncated && t('truncated')}
        </Alert>
        <DataTable
          label={t('found', { count: differences.length })}
          rows={differences}
          rowKey={one => `${one.code} ${one.seq} ${one.entry_id}`}
          columns={[
            { title: t('kind'), cell: one => <span className="code">{one.code}</span> },
            { title: t('place'), align: 'right', cell: one => one.seq ?? '–' },
            { title: t('detail'), cell: one => one.detail },
          ]}
        />
      </>
    )
  }
  if (!found.finished)
    return (
      <Alert color="yellow" role="status">
        {t('stopped')} {counted}
      </Alert>
    )
  return (
    <>
      <Alert
        color="teal"
        variant="outline"
        styles={GOOD}
        role="status"
        title={t('well')}
        icon={<IconShieldCheck size={20} />}
      >
        {counted} {isCompared && t('wellHead')}
      </Alert>
      {head && <Secret label={t('head')} hint={t('headHint')} value={`${head.seq}:${head.chain}`} />}
    </>
  )
}
