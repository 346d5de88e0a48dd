import { Anchor, Badge, Chip, Group, Text, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconUsers } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { User } from '~/api/schema.gen'
import { useMe } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { notifyProblem } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { roleTexts } from '~/ui/roles'
import { AccessLink, type ResetLink } from './AccessLink'
import { useCreateResetToken, useUsers } from './api'
import { StateBadge } from './StateBadge'
import { userTexts } from './texts'
import { UserForm } from './UserForm'

const route = getRouteApi('/shell/users')

export function UsersPage() {
  const t = useTexts(userTexts)
  const { inactive = false } = route.useSearch()
  const navigate = useNavigate({ from: '/users' })
  const query = useUsers()
  const columns = useColumns()
  const [words, setWords] = useState('')
  const [adding, setAdding] = useState(false)
  const [link, setLink] = useState<ResetLink | null>(null)
  const createToken = useCreateResetToken()
  const added = async (user: User) => {
    setAdding(false)
    try {
      const token = await createToken.mutateAsync(user.id)
      setLink({ name: user.name, ...token })
    } catch (error) {
      notifyProblem(error) // the person is there; their page makes another link
    }
  }
  const isShown = (user: User) =>
    (inactive || user.active) && `${user.name} ${user.email}`.toLowerCase().includes(words.toLowerCase())
  return (
    <>
      <PageHeader
        title={t('users')}
        description={t('about')}
        actions={
          <ActionButton leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setAdding(true)}>
            {t('newUser')}
          </ActionButton>
        }
      />
      <Group gap="sm" mb="sm">
        <TextInput
          type="search"
          aria-label={t('find')}
          placeholder={t('find')}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          value={words}
          onChange={event => setWords(event.currentTarget.value)}
          w={{ base: '100%', xs: 240 }}
        />
        <Chip
          checked={inactive}
          onChange={checked => void navigate({ search: checked ? { inactive: true } : {}, replace: true })}
          radius="sm"
          variant="outline"
        >
          {t('showInactive')}
        </Chip>
      </Group>
      <div className={panel.panel}>
        <QueryView query={query}>
          {users => {
            const shown = users.filter(isShown)
            if (users.length === 0)
              return <EmptyState icon={IconUsers} title={t('noneTitle')} text={t('noneText')} />
            if (shown.length === 0) return <EmptyState icon={IconSearch} title={t('noMatch')} />
            return (
              <DataTable
                label={t('users')}
                rows={shown}
                rowKey={user => user.id}
                columns={columns}
                faded={user => !user.active}
              />
            )
          }}
        </QueryView>
      </div>
      {adding && <UserForm user={null} onClose={() => setAdding(false)} onDone={user => void added(user)} />}
      {link && <AccessLink link={link} onClose={() => setLink(null)} />}
    </>
  )
}

function useColumns(): TableColumn<User>[] {
  const t = useTexts(userTexts)
  const role = useTexts(roleTexts)
  const format = useFormat()
  const myId = useMe().data?.user?.id
  return [
    {
      title: t('name'),
      cell: user => (
        <>
          <Group gap={8} wrap="nowrap">
            <Anchor component={Link} to={`/users/${user.id}`} fz="sm" fw={550}>
              {user.name}
            </Anchor>
            {user.id === myId && <Badge color="gray">{t('you')}</Badge>}
          </Group>
          <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {user.email}
          </Text>
        </>
      ),
    },
    { title: t('role'), wide: 'tablet', cell: user => role(user.role) },
    {
      title: t('warehouses'),
      wide: true,
      cell: user => (user.warehouses ? user.warehouses.join(', ') : t('everywhere')),
    },
    {
      title: t('state'),
      cell: user => (
        <>
          <Text fz="sm" hiddenFrom="sm">
            {role(user.role)}
          </Text>
          <StateBadge user={user} />
        </>
      ),
    },
    {
      title: t('lastSeen'),
      wide: true,
      cell: user => (user.last_seen_at ? format.relative(user.last_seen_at) : t('never')),
    },
  ]
}
