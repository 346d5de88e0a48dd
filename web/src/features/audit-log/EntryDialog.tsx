import { Anchor, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AuditLogEntry } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable } from '~/ui/DataTable'
import { Facts } from '~/ui/Facts'
import { isRole, roleTexts } from '~/ui/roles'
import { uiTexts } from '~/ui/texts'
import { useFocusBack } from '~/ui/useFocusBack'
import classes from './AuditLog.module.css'
import { type Change, changesOf, factsOf, nameOf, pageOf } from './entry'
import type { AuditSearch } from './search'
import { auditTexts } from './texts'
import { useActionText, useActorKind, useFieldText } from './useWords'

interface EntryDialogProps {
  entry: AuditLogEntry
  onShow: (search: AuditSearch) => void
  onClose: () => void
}

/** All that an entry says. */
export function EntryDialog({ entry, onShow, onClose }: EntryDialogProps) {
  useFocusBack()
  const t = useTexts(auditTexts)
  const ui = useTexts(uiTexts)
  const actionText = useActionText()
  const name = nameOf(entry)
  const page = pageOf(entry)
  return (
    <Modal
      opened
      size="lg"
      title={[actionText(entry.action), name].filter(Boolean).join(' · ')}
      closeButtonProps={{ 'aria-label': ui('close') }}
      onClose={onClose}
    >
      <Stack gap="md">
        <Changes changes={changesOf(entry)} />
        <Told entry={entry} />
        <Group gap="lg">
          {page && (
            <Anchor component={Link} to={page} fz="sm" fw={550}>
              {t('open')}
            </Anchor>
          )}
          <Anchor component="button" fz="sm" onClick={() => onShow({ target: entry.target })}>
            {t('itsActions')}
          </Anchor>
          <Anchor component="button" fz="sm" onClick={() => onShow({ actor: [entry.actor] })}>
            {t('hisActions', { name: entry.actor })}
          </Anchor>
        </Group>
      </Stack>
    </Modal>
  )
}

function Changes({ changes }: { changes: readonly Change[] }) {
  const t = useTexts(auditTexts)
  const fieldText = useFieldText()
  const show = useValue()
  if (changes.length === 0) return null
  return (
    <div>
      <Title order={3} mb={4}>
        {t('changed')}
      </Title>
      <DataTable
        label={t('changed')}
        rows={changes}
        rowKey={change => change.field}
        columns={[
          { title: t('field'), cell: change => fieldText(change.field) },
          {
            title: t('before'),
            cell: change => (
              <span className={classes.value}>{change.isHidden ? '' : show(change.field, change.from)}</span>
            ),
          },
          {
            title: t('after'),
            cell: change => (
              <b className={classes.value}>{change.isHidden ? t('hidden') : show(change.field, change.to)}</b>
            ),
          },
        ]}
      />
    </div>
  )
}

/** What else the entry says, and who it was, from where. */
function Told({ entry }: { entry: AuditLogEntry }) {
  const t = useTexts(auditTexts)
  const format = useFormat()
  const fieldText = useFieldText()
  const kindText = useActorKind()
  const show = useValue()
  const told = factsOf(entry).map(([field, value]) => [fieldText(field), show(field, value)] as const)
  return (
    <>
      {told.length > 0 && <Facts facts={told} />}
      <Facts
        facts={[
          [t('who'), entry.actor],
          [t('cameBy'), kindText(entry.actor_kind)],
          [t('when'), format.dateTime(entry.recorded_at)],
          [t('where'), entry.address ?? t('inside')],
          [t('program'), entry.user_agent],
          [t('request'), entry.request_id && <span className="code">{entry.request_id}</span>],
          [t('entry'), String(entry.id)],
          [t('place'), entry.seq === null ? t('unsealed') : String(entry.seq)],
        ]}
      />
      {entry.chain && (
        <Text fz="xs" c="dimmed" className={`code ${classes.value}`}>
          {t('chain')}: {entry.chain}
        </Text>
      )}
    </>
  )
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/

/** A value of an entry, for people. */
function useValue(): (field: string, value: unknown) => string {
  const t = useTexts(auditTexts)
  const role = useTexts(roleTexts)
  const format = useFormat()
  const warehouses = useWarehouses().data ?? []
  return (field, value) => {
    if (value === null || value === undefined || value === '') return t('nothing')
    if (typeof value === 'boolean') return value ? t('yes') : t('no')
    if (field === 'warehouse_id') return warehouses.find(one => one.id === value)?.code ?? `#${value}`
    if (field.endsWith('_id')) return `#${value}`
    if (Array.isArray(value)) return value.join(', ')
    if (typeof value === 'object') return JSON.stringify(value)
    const text = String(value)
    if (field === 'role' && isRole(text)) return role(text)
    return TIME.test(text) ? format.dateTime(text) : text
  }
}
