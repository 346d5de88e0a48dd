import { MultiSelect, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { User } from '~/api/schema.gen'
import { useMe } from '~/app/session'
import { useWarehouses } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { roleMeanings } from '~/ui/access'
import { FormModal } from '~/ui/FormModal'
import { notifyDone, problemText, showFaults } from '~/ui/problems'
import { ROLES, roleTexts } from '~/ui/roles'
import { useSeenVersion } from '~/ui/useSeenVersion'
import { useCreateUser, useUpdateUser } from './api'
import { changeOf, type UserValues, userOf, valuesOf } from './form'
import { userTexts } from './texts'

interface UserFormProps {
  /** The user to edit; null: a new one. */
  user: User | null
  onDone: (user: User) => void
  onClose: () => void
}

/** Which field a conflict is about. */
const CONFLICTS: Record<string, keyof UserValues> = {
  duplicate_email: 'email',
  duplicate_user_name: 'name',
}

export function UserForm({ user, onDone, onClose }: UserFormProps) {
  const t = useTexts(userTexts)
  const create = useCreateUser()
  const update = useUpdateUser()
  const seen = useSeenVersion(user)
  const [first] = useState(user)
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm<UserValues>({
    initialValues: valuesOf(user),
    validate: {
      warehouses: (codes, { where }) =>
        where === 'some' && codes.length === 0 ? t('chooseWarehouses') : null,
    },
  })
  const save = (values: UserValues) => {
    if (!first) return create.mutateAsync(userOf(values))
    const change = changeOf(valuesOf(first), values)
    return update.mutateAsync({ id: first.id, version: seen.version, change })
  }
  const submit = form.onSubmit(async values => {
    setFault(null)
    try {
      const saved = await save(values)
      notifyDone(t('saved', { name: saved.name }))
      onDone(saved)
    } catch (error) {
      seen.refused(error)
      const field = error instanceof Problem ? CONFLICTS[error.code] : undefined
      if (field) form.setFieldError(field, problemText(error))
      else setFault(showFaults(form, error))
    }
  })
  return (
    <FormModal
      title={user ? t('editUser', { name: user.name }) : t('newUser')}
      fault={fault}
      loading={create.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
      {...(!user && { submitText: t('create') })}
    >
      <TextInput
        label={t('name')}
        description={t('nameHint')}
        required
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <TextInput
        label={t('email')}
        description={t('emailHint')}
        type="email"
        required
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      <AccessFields form={form} user={user} />
    </FormModal>
  )
}

interface AccessFieldsProps {
  form: Pick<UseFormReturnType<UserValues>, 'values' | 'getInputProps'>
  user: User | null
}

/** Role and warehouses. Nobody changes their own. */
function AccessFields({ form, user }: AccessFieldsProps) {
  const t = useTexts(userTexts)
  const role = useTexts(roleTexts)
  const meaning = useTexts(roleMeanings)
  const warehouses = useWarehouses().data ?? []
  const isMe = useMe().data?.user?.id === user?.id && user !== null
  const { where } = form.values
  return (
    <>
      <Select
        label={t('role')}
        description={meaning(form.values.role)}
        data={ROLES.map(one => ({ value: one, label: role(one) }))}
        renderOption={({ option }) => (
          <div>
            <Text fz="sm" fw={550}>
              {option.label}
            </Text>
            <Text fz="xs" c="dimmed">
              {meaning(option.value as (typeof ROLES)[number])}
            </Text>
          </div>
        )}
        allowDeselect={false}
        disabled={isMe}
        maxDropdownHeight={320}
        {...form.getInputProps('role')}
      />
      <Radio.Group label={t('where')} {...form.getInputProps('where')}>
        <Stack gap={6} mt={6}>
          <Radio value="everywhere" label={t('everywhere')} disabled={isMe} />
          <Radio value="some" label={t('some')} disabled={isMe} />
        </Stack>
      </Radio.Group>
      {where === 'some' && (
        <MultiSelect
          aria-label={t('warehouses')}
          placeholder={form.values.warehouses.length === 0 ? t('warehouses') : ''}
          data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
          disabled={isMe}
          searchable
          {...form.getInputProps('warehouses')}
        />
      )}
      {isMe && (
        <Text fz="xs" c="dimmed">
          {t('ownAccess')}
        </Text>
      )}
    </>
  )
}
