import { CloseButton, Group, MultiSelect, Pill } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { IconCalendar } from '@tabler/icons-react'
import { useState } from 'react'
import { useCan } from '~/app/session'
import { useUsers } from '~/features/users/api'
import { useTexts } from '~/i18n/catalogue'
import classes from './AuditLog.module.css'
import { ACTIONS } from './actions'
import type { AuditSearch } from './search'
import { auditTexts } from './texts'
import { useActionText } from './useWords'

interface AuditFiltersProps {
  search: AuditSearch
  onChange: (search: AuditSearch) => void
}

/** Who, what, when; and to which one, where somebody came from there. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const t = useTexts(auditTexts)
  const actionText = useActionText()
  const change = (next: { [Key in keyof AuditSearch]: AuditSearch[Key] | undefined }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined && value.length > 0),
      ),
    )
  const actions = [...new Set<string>([...ACTIONS, ...(search.action ?? [])])]
  return (
    <Group gap="sm" mb="sm" align="flex-start">
      <ActorFilter chosen={search.actor ?? []} onChange={actor => change({ actor })} />
      <MultiSelect
        className={classes.filter}
        aria-label={t('what')}
        placeholder={search.action ? '' : t('anything')}
        data={actions.map(one => ({ value: one, label: actionText(one) }))}
        value={search.action ?? []}
        onChange={action => change({ action })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('anything') }}
        comboboxProps={{ width: 300, position: 'bottom-start' }}
      />
      <Days search={search} onChange={change} />
      {search.target && (
        <Pill.Group>
          <Pill className={classes.only} size="lg">
            {t('only', { target: search.target })}
            <CloseButton
              size="xs"
              ml={4}
              aria-label={t('removeOnly')}
              onClick={() => change({ target: undefined })}
            />
          </Pill>
        </Pill.Group>
      )}
    </Group>
  )
}

/** Names to choose from, and any other that is typed: somebody with SQL, or one who was called so once. */
function ActorFilter({ chosen, onChange }: { chosen: string[]; onChange: (actors: string[]) => void }) {
  const t = useTexts(auditTexts)
  const mayList = useCan()('users.manage')
  const users = useUsers(mayList).data ?? []
  const [typed, setTyped] = useState('')
  const names = new Set([...users.map(user => user.name), ...chosen])
  if (typed.trim() !== '') names.add(typed.trim())
  return (
    <MultiSelect
      className={classes.filter}
      aria-label={t('who')}
      placeholder={chosen.length > 0 ? '' : t('anybody')}
      data={[...names]}
      value={chosen}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('anybody') }}
    />
  )
}

interface DaysProps {
  search: AuditSearch
  onChange: (days: { from: string | undefined; to: string | undefined }) => void
}

/** From one day to another; it counts once both are chosen. */
function Days({ search, onChange }: DaysProps) {
  const t = useTexts(auditTexts)
  const [chosen, setChosen] = useState<[string | null, string | null]>([
    search.from ?? null,
    search.to ?? null,
  ])
  return (
    <DatePickerInput
      className={classes.filter}
      type="range"
      placeholder={t('anyTime')}
      leftSection={<IconCalendar size={16} stroke={1.6} />}
      value={chosen}
      maxDate={new Date()}
      allowSingleDateInRange
      clearable
      clearButtonProps={{ 'aria-label': t('anyTime') }}
      onChange={value => {
        setChosen(value)
        const [from, to] = value
        if ((from === null) === (to === null)) onChange({ from: from ?? undefined, to: to ?? undefined })
      }}
    />
  )
}
