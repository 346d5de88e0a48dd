import { Badge, Button, Menu, Text } from '@mantine/core'
import { IconDownload, IconListSearch, IconShieldCheck } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { AuditLogEntry } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataGrid, type GridColumn } from '~/ui/DataGrid'
import { EmptyState } from '~/ui/EmptyState'
import page from '~/ui/ListPage.module.css'
import { PageHeader } from '~/ui/PageHeader'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { AuditFilters } from './AuditFilters'
import { useAuditLog } from './api'
import { EntryDialog } from './EntryDialog'
import { nameOf } from './entry'
import { type AuditSearch, exportAddress } from './search'
import { auditTexts } from './texts'
import { useActionText, useActorKind } from './useWords'
import { VerifyDialog } from './VerifyDialog'

const route = getRouteApi('/shell/audit-log')

export function AuditLogPage() {
  const t = useTexts(auditTexts)
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/audit-log' })
  const [opened, setOpened] = useState<AuditLogEntry | null>(null)
  const [verifying, setVerifying] = useState(false)
  const show = (next: AuditSearch) => void navigate({ search: next, replace: true })
  return (
    <div className={page.page}>
      <PageHeader
        title={t('title')}
        description={t('about')}
        actions={
          <>
            <ExportMenu search={search} />
            <Button
              variant="default"
              leftSection={<IconShieldCheck size={16} stroke={1.8} />}
              onClick={() => setVerifying(true)}
            >
              {t('verify')}
            </Button>
          </>
        }
      />
      <AuditFilters search={search} onChange={show} />
      <div className={page.list}>
        <Entries search={search} onOpen={setOpened} />
      </div>
      {opened && (
        <EntryDialog
          entry={opened}
          onClose={() => setOpened(null)}
          onShow={next => {
            setOpened(null)
            show(next)
          }}
        />
      )}
      {verifying && <VerifyDialog onClose={() => setVerifying(false)} />}
    </div>
  )
}

function Entries({ search, onOpen }: { search: AuditSearch; onOpen: (entry: AuditLogEntry) => void }) {
  const t = useTexts(auditTexts)
  const list = useAuditLog(search)
  const columns = useColumns()
  const rows = useMemo(() => list.data?.pages.flatMap(one => one.items) ?? [], [list.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (list.isError && list.data === undefined)
    return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <RowsSkeleton rows={14} height={24} />
  if (rows.length === 0) {
    const isFiltered = Object.keys(search).length > 0
    return (
      <EmptyState
        icon={IconListSearch}
        title={isFiltered ? t('noMatch') : t('emptyTitle')}
        text={isFiltered ? t('noMatchText') : t('emptyText')}
      />
    )
  }
  return (
    <DataGrid
      label={t('title')}
      rows={rows}
      rowId={entry => String(entry.id)}
      columns={columns}
      rowHeight={52}
      onEnd={readMore}
      onOpen={onOpen}
      footer={hasNextPage ? t('shownMore', { count: rows.length }) : t('shown', { count: rows.length })}
    />
  )
}

function useColumns(): GridColumn<AuditLogEntry>[] {
  const t = useTexts(auditTexts)
  const format = useFormat()
  const actionText = useActionText()
  const kindText = useActorKind()
  return [
    {
      id: 'what',
      title: t('what'),
      width: 'minmax(11rem, 2fr)',
      from: 'phone',
      cell: entry => (
        <>
          <Text fz="sm" fw={550} truncate>
            {actionText(entry.action)}
          </Text>
          <Text fz="xs" c="dimmed" truncate>
            {nameOf(entry) ?? '\u00a0'}
          </Text>
        </>
      ),
    },
    {
      id: 'who',
      title: t('who'),
      width: 'minmax(7rem, 1.2fr)',
      from: 'phone',
      cell: entry => (
        <>
          <Text fz="sm" truncate>
            {entry.actor}
          </Text>
          {entry.actor_kind === 'database' ? (
            <Badge size="xs" color="yellow">
              {kindText(entry.actor_kind)}
            </Badge>
          ) : (
            <Text fz="xs" c="dimmed" truncate>
              {kindText(entry.actor_kind)}
            </Text>
          )}
        </>
      ),
    },
    {
      id: 'where',
      title: t('where'),
      width: 'minmax(7rem, 1fr)',
      cell: entry => entry.address ?? t('inside'),
    },
    {
      id: 'when',
      title: t('when'),
      width: 'minmax(9rem, 1fr)',
      from: 'tablet',
      cell: entry => (
        <>
          <Text fz="sm">{format.relative(entry.recorded_at)}</Text>
          <Text fz="xs" c="dimmed">
            {format.dateTime(entry.recorded_at)}
          </Text>
        </>
      ),
    },
  ]
}

/** All that the filter finds, as a file. */
function ExportMenu({ search }: { search: AuditSearch }) {
  const t = useTexts(auditTexts)
  const formats = { csv: t('exportCsv'), ndjson: t('exportNdjson') } as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.7} />}>
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'ndjson'] as const).map(format => (
          <Menu.Item
            key={format}
            component="a"
            href={exportAddress(search, format)}
            download={`audit-log.${format}`}
          >
            {formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
