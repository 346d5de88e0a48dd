import { Badge, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '~/api/schema.gen'
import { useEndSessions, useSessions } from '~/features/sessions/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { DataTable } from '~/ui/DataTable'
import { Panel } from '~/ui/Panel'
import { notifyDone } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { deviceOf } from './device'
import { accountTexts } from './texts'

/** Where somebody is signed in; what was left somewhere is ended here. */
export function SessionsPanel() {
  const t = useTexts(accountTexts)
  const query = useSessions()
  const end = useEndSessions()
  const [ending, setEnding] = useState<readonly Session[]>([])
  const others = query.data?.filter(session => !session.current) ?? []
  return (
    <Panel
      title={t('sessions')}
      beside={
        <ActionButton
          size="xs"
          variant="default"
          disabledReason={others.length === 0 ? t('noOthers') : undefined}
          onClick={() => setEnding(others)}
        >
          {t('endOthers')}
        </ActionButton>
      }
    >
      <Text fz="sm" c="dimmed" mb="xs">
        {t('sessionsText')}
      </Text>
      <QueryView query={query}>
        {sessions => <SessionTable sessions={sessions} onEnd={session => setEnding([session])} />}
      </QueryView>
      {ending.length > 0 && (
        <ConfirmModal
          title={t('endTitle', { count: ending.length })}
          text={t('endText')}
          action={t('end')}
          onClose={() => setEnding([])}
          run={async () => {
            await end.mutateAsync(ending.map(session => session.id))
            notifyDone(t('ended', { count: ending.length }))
          }}
        />
      )}
    </Panel>
  )
}

function SessionTable({
  sessions,
  onEnd,
}: {
  sessions: readonly Session[]
  onEnd: (session: Session) => void
}) {
  const t = useTexts(accountTexts)
  const format = useFormat()
  const nameOf = (session: Session) => {
    const { browser, system } = deviceOf(session.user_agent)
    if (browser && system) return t('onSystem', { browser, system })
    return browser ?? system ?? t('unknown')
  }
  return (
    <DataTable
      label={t('sessions')}
      rows={sessions}
      rowKey={session => session.id}
      columns={[
        {
          title: t('browser'),
          cell: session => (
            <Group gap={8}>
              <span title={session.user_agent}>{nameOf(session)}</span>
              {session.current && <Badge color="teal">{t('current_')}</Badge>}
            </Group>
          ),
        },
        { title: t('address'), wide: true, cell: session => session.address ?? '' },
        { title: t('signedIn'), wide: true, cell: session => format.dateTime(session.created_at) },
        { title: t('lastUsed'), cell: session => format.relative(session.last_seen_at) },
        {
          title: t('action'),
          align: 'right',
          cell: session =>
            !session.current && (
              <Button
                size="xs"
                variant="default"
                aria-label={t('endOne', { device: nameOf(session) })}
                onClick={() => onEnd(session)}
              >
                {t('end')}
              </Button>
            ),
        },
      ]}
    />
  )
}
