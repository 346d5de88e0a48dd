import { Anchor, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCategory, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Category } from '~/api/schema.gen'
import { useCategories } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { DataTable } from '~/ui/DataTable'
import { EmptyState } from '~/ui/EmptyState'
import { FormModal } from '~/ui/FormModal'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { notifyDone, showFaults } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { RowActions } from '~/ui/RowActions'
import { changedOf, useSeenVersion } from '~/ui/useSeenVersion'
import { useCreateCategory, useDeleteCategory, useUpdateCategory } from './api'
import { categoryTexts } from './texts'
import { type Branch, branchesOf, possibleParents } from './tree'

type Open =
  | { kind: 'add'; parentId: number | null }
  | { kind: 'edit'; category: Category }
  | { kind: 'remove'; category: Category }

export function CategoriesPage() {
  const t = useTexts(categoryTexts)
  const query = useCategories()
  const remove = useDeleteCategory()
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('about')}
        actions={
          <ActionButton
            leftSection={<IconPlus size={16} stroke={2} />}
            needs="products.write"
            onClick={() => setOpen({ kind: 'add', parentId: null })}
          >
            {t('newCategory')}
          </ActionButton>
        }
      />
      <div className={panel.panel}>
        <QueryView query={query}>
          {categories =>
            categories.length === 0 ? (
              <EmptyState icon={IconCategory} title={t('noneTitle')} text={t('noneText')} />
            ) : (
              <Tree branches={branchesOf(categories)} onOpen={setOpen} />
            )
          }
        </QueryView>
      </div>
      {open?.kind === 'add' && (
        <CategoryForm
          category={null}
          parentId={open.parentId}
          categories={query.data ?? []}
          onClose={close}
        />
      )}
      {open?.kind === 'edit' && (
        <CategoryForm
          category={query.data?.find(one => one.id === open.category.id) ?? open.category}
          parentId={open.category.parent_id ?? null}
          categories={query.data ?? []}
          onClose={close}
        />
      )}
      {open?.kind === 'remove' && (
        <ConfirmModal
          title={t('removeTitle', { name: open.category.name })}
          text={t('removeText')}
          action={t('remove')}
          onClose={close}
          run={async () => {
            await remove.mutateAsync(open.category)
            notifyDone(t('removed', { name: open.category.name }))
          }}
        />
      )}
    </>
  )
}

function Tree({ branches, onOpen }: { branches: readonly Branch[]; onOpen: (open: Open) => void }) {
  const t = useTexts(categoryTexts)
  return (
    <DataTable
      label={t('title')}
      rows={branches}
      rowKey={({ category }) => category.id}
      columns={[
        {
          title: t('name'),
          cell: ({ category, depth }) => (
            <span style={{ paddingLeft: depth * 22, fontWeight: depth === 0 ? 600 : 450 }}>
              {category.name}
            </span>
          ),
        },
        {
          title: t('products'),
          wide: true,
          cell: ({ category }) => (
            <Anchor
              component={Link}
              to="/products"
              search={{ category_id: category.id } as never}
              fz="sm"
              aria-label={t('productsOf', { name: category.name })}
            >
              {t('products')}
            </Anchor>
          ),
        },
        {
          title: t('action'),
          align: 'right',
          cell: ({ category }) => (
            <RowActions
              of={category.name}
              needs="products.write"
              from="sm"
              actions={[
                {
                  title: t('addBelow'),
                  label: t('addBelowOf', { name: category.name }),
                  onClick: () => onOpen({ kind: 'add', parentId: category.id }),
                },
                {
                  title: t('edit'),
                  label: t('editCategory', { name: category.name }),
                  onClick: () => onOpen({ kind: 'edit', category }),
                },
                {
                  title: t('remove'),
                  label: t('removeTitle', { name: category.name }),
                  onClick: () => onOpen({ kind: 'remove', category }),
                  quiet: true,
                },
              ]}
            />
          ),
        },
      ]}
    />
  )
}

interface CategoryFormProps {
  /** The category to edit; null: a new one. */
  category: Category | null
  parentId: number | null
  categories: readonly Category[]
  onClose: () => void
}

function CategoryForm({ category, parentId, categories, onClose }: CategoryFormProps) {
  const t = useTexts(categoryTexts)
  const create = useCreateCategory()
  const update = useUpdateCategory()
  const seen = useSeenVersion(category)
  const [first] = useState(category)
  const [fault, setFault] = useState<string | null>(null)
  const form = useForm({
    initialValues: { name: category?.name ?? '', parent_id: parentId === null ? null : String(parentId) },
  })
  const submit = form.onSubmit(async values => {
    setFault(null)
    const fields = {
      name: values.name.trim(),
      parent_id: values.parent_id === null ? null : Number(values.parent_id),
    }
    try {
      const saved = first
        ? await update.mutateAsync({
            id: first.id,
            version: seen.version,
            change: changedOf({ name: first.name, parent_id: first.parent_id ?? null }, fields),
          })
        : await create.mutateAsync(fields)
      notifyDone(t('saved', { name: saved.name }))
      onClose()
    } catch (error) {
      seen.refused(error)
      setFault(showFaults(form, error))
    }
  })
  return (
    <FormModal
      title={category ? t('editCategory', { name: category.name }) : t('newCategory')}
      fault={fault}
      loading={create.isPending || update.isPending}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('name')} required data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('above')}
        placeholder={t('atTop')}
        data={possibleParents(categories, category).map(one => ({ value: String(one.id), label: one.path }))}
        searchable
        clearable
        {...form.getInputProps('parent_id')}
      />
    </FormModal>
  )
}
