import {
  Alert,
  Anchor,
  Button,
  Group,
  List,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Me } from '~/api/schema.gen'
import { LANGUAGE_NAMES } from '~/app/languages'
import { useCan, useMe } from '~/app/session'
import { useChangePassword } from '~/features/sessions/api'
import { usePasswordFaults } from '~/features/sessions/passwords'
import { LANGUAGES, type Language, languageStore, useLanguage, useTexts } from '~/i18n/catalogue'
import { permissionMeanings } from '~/ui/access'
import { Facts } from '~/ui/Facts'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { roleTexts } from '~/ui/roles'
import { SessionsPanel } from './SessionsPanel'
import { accountTexts } from './texts'

export function AccountPage() {
  const t = useTexts(accountTexts)
  return (
    <>
      <PageHeader title={t('title')} />
      <QueryView query={useMe()}>{me => <Account me={me} />}</QueryView>
    </>
  )
}

function Account({ me }: { me: Me }) {
  const t = useTexts(accountTexts)
  return (
    <Stack gap="sm" maw={860}>
      {me.user ? (
        <Who user={me.user} />
      ) : (
        <Alert color="gray" title={t('demoTitle')}>
          {t('demoText')}
        </Alert>
      )}
      {me.kind === 'user' && (
        <>
          <PasswordPanel />
          <SessionsPanel />
          <Panel
            title={t('apiKeys')}
            beside={
              <Anchor component={Link} to="/api-keys" fz="sm">
                {t('toApiKeys')}
              </Anchor>
            }
          >
            <Text fz="sm" c="dimmed">
              {t('apiKeysText')}
            </Text>
          </Panel>
        </>
      )}
      <LookPanel />
      <MayPanel permissions={me.permissions} />
    </Stack>
  )
}

function Who({ user }: { user: NonNullable<Me['user']> }) {
  const t = useTexts(accountTexts)
  const role = useTexts(roleTexts)
  const can = useCan()
  return (
    <Panel
      title={t('you')}
      beside={
        can('users.manage') ? (
          <Anchor component={Link} to={`/users/${user.id}`} fz="sm">
            {t('editMe')}
          </Anchor>
        ) : (
          <Text fz="xs" c="dimmed">
            {t('byAdmin')}
          </Text>
        )
      }
    >
      <Facts
        facts={[
          [t('name'), user.name],
          [t('email'), user.email],
          [t('role'), role(user.role)],
          [t('warehouses'), user.warehouses ? user.warehouses.join(', ') : t('everywhere')],
        ]}
      />
    </Panel>
  )
}

function PasswordPanel() {
  const t = useTexts(accountTexts)
  const change = useChangePassword()
  const showFaults = usePasswordFaults()
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({ initialValues: { current_password: '', new_password: '' } })
  const submit = form.onSubmit(async passwords => {
    setFault(null)
    try {
      await change.mutateAsync(passwords)
      form.reset()
      notifyDone(t('changed'))
    } catch (error) {
      setFault(showFaults(form, error))
    }
  })
  return (
    <Panel title={t('password')}>
      <Text fz="sm" c="dimmed" mb="sm">
        {t('passwordText')}
      </Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={380}>
          {fault && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <PasswordInput
            label={t('current')}
            autoComplete="current-password"
            required
            {...form.getInputProps('current_password')}
          />
          <PasswordInput
            label={t('newPassword')}
            description={t('newHint')}
            autoComplete="new-password"
            required
            {...form.getInputProps('new_password')}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              {t('change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

function LookPanel() {
  const t = useTexts(accountTexts)
  const language = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Panel
      title={t('look')}
      beside={
        <Text fz="xs" c="dimmed">
          {t('lookText')}
        </Text>
      }
    >
      <Group gap="xl">
        <Choice
          label={t('language')}
          value={language}
          data={LANGUAGES.map(one => ({ value: one, label: LANGUAGE_NAMES[one] }))}
          onChange={value => languageStore.set(value as Language)}
        />
        <Choice
          label={t('theme')}
          value={colorScheme}
          data={(['light', 'dark', 'auto'] as const).map(one => ({ value: one, label: t(one) }))}
          onChange={value => setColorScheme(value as typeof colorScheme)}
        />
      </Group>
    </Panel>
  )
}

interface ChoiceProps {
  label: string
  value: string
  data: { value: string; label: string }[]
  onChange: (value: string) => void
}

function Choice({ label, ...props }: ChoiceProps) {
  return (
    <div>
      <Text fz="sm" fw={550} mb={4}>
        {label}
      </Text>
      <SegmentedControl {...props} aria-label={label} size="sm" />
    </div>
  )
}

function MayPanel({ permissions }: { permissions: Me['permissions'] }) {
  const t = useTexts(accountTexts)
  const meaning = useTexts(permissionMeanings)
  return (
    <Panel title={t('may')}>
      <List fz="sm" spacing={4}>
        {permissions.map(permission => (
          <List.Item key={permission}>{meaning(permission)}</List.Item>
        ))}
      </List>
    </Panel>
  )
}
