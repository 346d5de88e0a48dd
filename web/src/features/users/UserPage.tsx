import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconKey, IconPencil } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { User } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useCan, useMe } from '~/app/session'
import { ApiKeyTable } from '~/features/api-keys/ApiKeyTable'
import { useApiKeys } from '~/features/api-keys/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { roleMeanings } from '~/ui/access'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { Facts } from '~/ui/Facts'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { roleTexts } from '~/ui/roles'
import { AccessLink, ConfirmReset, type ResetLink } from './AccessLink'
import { useCreateResetToken, useUpdateUser, useUser } from './api'
import { StateBadge } from './StateBadge'
import { userTexts } from './texts'
import { UserForm } from './UserForm'

const route = getRouteApi('/shell/users/$userId')

export function UserPage() {
  const query = useUser(Number(route.useParams().userId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{user => <UserView key={user.id} user={user} />}</QueryView>
}

type Dialog = 'edit' | 'reset' | 'activity'

function UserView({ user }: { user: User }) {
  const t = useTexts(userTexts)
  const isMe = useMe().data?.user?.id === user.id
  const [open, setOpen] = useState<Dialog | null>(null)
  return (
    <>
      <PageHeader
        title={user.name}
        above={[{ to: '/users', title: t('users') }]}
        beside={
          <Group gap={6}>
            <StateBadge user={user} />
            {isMe && <Badge color="gray">{t('you')}</Badge>}
          </Group>
        }
        actions={<Actions user={user} isMe={isMe} onOpen={setOpen} />}
      />
      <Stack gap="sm">
        <Details user={user} />
        <Keys user={user} />
        <Trail user={user} />
      </Stack>
      <Dialogs user={user} open={open} onClose={() => setOpen(null)} />
    </>
  )
}

interface ActionsProps {
  user: User
  isMe: boolean
  onOpen: (dialog: Dialog) => void
}

function Actions({ user, isMe, onOpen }: ActionsProps) {
  const t = useTexts(userTexts)
  return (
    <>
      <ActionButton
        variant="default"
        leftSection={<IconKey size={16} stroke={1.7} />}
        disabledReason={user.active ? undefined : t('isInactive', { name: user.name })}
        onClick={() => onOpen('reset')}
      >
        {user.has_password ? t('resetPassword') : t('invite')}
      </ActionButton>
      <ActionButton
        variant="default"
        disabledReason={isMe ? t('notSelf') : undefined}
        onClick={() => onOpen('activity')}
      >
        {user.active ? t('deactivate') : t('reactivate')}
      </ActionButton>
      <Button leftSection={<IconPencil size={16} stroke={1.7} />} onClick={() => onOpen('edit')}>
        {t('edit')}
      </Button>
    </>
  )
}

function Dialogs({ user, open, onClose }: { user: User; open: Dialog | null; onClose: () => void }) {
  const t = useTexts(userTexts)
  const update = useUpdateUser()
  const createToken = useCreateResetToken()
  const [link, setLink] = useState<ResetLink | null>(null)
  const { id, name, version, active } = user
  if (link) return <AccessLink link={link} onClose={() => setLink(null)} />
  switch (open) {
    case 'edit':
      return <UserForm user={user} onClose={onClose} onDone={onClose} />
    case 'reset':
      return (
        <ConfirmReset
          name={name}
          onClose={onClose}
          run={async () => setLink({ name, ...(await createToken.mutateAsync(id)) })}
        />
      )
    case 'activity':
      return (
        <ConfirmModal
          title={active ? t('deactivateTitle', { name }) : t('reactivateTitle', { name })}
          text={active ? t('deactivateText', { name }) : t('reactivateText', { name })}
          action={active ? t('deactivate') : t('reactivate')}
          danger={active}
          onClose={onClose}
          run={async () => {
            await update.mutateAsync({ id, version, change: { active: !active } })
            notifyDone(active ? t('deactivated', { name }) : t('reactivated', { name }))
          }}
        />
      )
    case null:
      return null
  }
}

function Details({ user }: { user: User }) {
  const t = useTexts(userTexts)
  const role = useTexts(roleTexts)
  const meaning = useTexts(roleMeanings)
  const format = useFormat()
  return (
    <Panel title={t('details')}>
      <Facts
        facts={[
          [t('email'), user.email],
          [
            t('role'),
            <>
              {role(user.role)}
              <Text fz="xs" c="dimmed">
                {meaning(user.role)}
              </Text>
            </>,
          ],
          [t('warehouses'), user.warehouses ? user.warehouses.join(', ') : t('everywhere')],
          [t('password'), user.has_password ? t('hasPassword') : t('invited')],
          [t('lastSeen'), user.last_seen_at ? format.relative(user.last_seen_at) : t('never')],
          [t('added'), format.dateTime(user.created_at)],
          [t('changed'), format.dateTime(user.updated_at)],
        ]}
      />
    </Panel>
  )
}

function Keys({ user }: { user: User }) {
  const t = useTexts(userTexts)
  const query = useApiKeys({ user_id: user.id })
  return (
    <Panel
      title={t('apiKeys')}
      beside={
        <Anchor component={Link} to="/api-keys" fz="sm">
          {t('allKeys')}
        </Anchor>
      }
    >
      <QueryView query={query}>
        {apiKeys =>
          apiKeys.length === 0 ? (
            <Text fz="sm" c="dimmed">
              {t('noKeys', { name: user.name })}
            </Text>
          ) : (
            <ApiKeyTable apiKeys={apiKeys} />
          )
        }
      </QueryView>
    </Panel>
  )
}

/** What the audit log has of them. */
function Trail({ user }: { user: User }) {
  const t = useTexts(userTexts)
  const { name } = user
  if (!useCan()('audit_log.read')) return null
  return (
    <Panel title={t('trail')}>
      <Group gap="lg">
        <Anchor component={Link} to="/audit-log" search={{ actor: [name] } as never} fz="sm">
          {t('didWhat', { name })}
        </Anchor>
        <Anchor component={Link} to="/audit-log" search={{ target: `user:${user.id}` } as never} fz="sm">
          {t('doneTo', { name })}
        </Anchor>
      </Group>
    </Panel>
  )
}
