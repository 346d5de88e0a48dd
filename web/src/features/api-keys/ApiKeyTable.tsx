import { Anchor, Badge, Button, Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiKey } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { notifyDone } from '~/ui/problems'
import { useRevokeApiKey } from './api'
import { isOver, stateOf } from './state'
import { apiKeyTexts } from './texts'

interface ApiKeyTableProps {
  apiKeys: readonly ApiKey[]
  /** Whether it says whose each is. */
  withOwner?: boolean
}

/** API keys, which can be taken back. */
export function ApiKeyTable({ apiKeys, withOwner = false }: ApiKeyTableProps) {
  const t = useTexts(apiKeyTexts)
  const revoke = useRevokeApiKey()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const columns = useColumns(withOwner, setRevoking)
  return (
    <>
      <DataTable label={t('title')} rows={apiKeys} rowKey={key => key.id} columns={columns} faded={isOver} />
      {revoking && (
        <ConfirmModal
          title={t('revokeTitle', { name: revoking.name })}
          text={t('revokeText')}
          action={t('revoke')}
          onClose={() => setRevoking(null)}
          run={async () => {
            await revoke.mutateAsync(revoking.id)
            notifyDone(t('revokedDone', { name: revoking.name }))
          }}
        />
      )}
    </>
  )
}

function useColumns(withOwner: boolean, onRevoke: (key: ApiKey) => void): TableColumn<ApiKey>[] {
  const t = useTexts(apiKeyTexts)
  const format = useFormat()
  const owner: TableColumn<ApiKey> = {
    title: t('owner'),
    wide: true,
    cell: key => (
      <Anchor component={Link} to={`/users/${key.owner.id}`} fz="sm">
        {key.owner.name}
      </Anchor>
    ),
  }
  return [
    {
      title: t('name'),
      cell: key => (
        <>
          <Text fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
            {key.name}
          </Text>
          <Text fz="xs" c="dimmed" className="code">
            {key.prefix}…
          </Text>
        </>
      ),
    },
    ...(withOwner ? [owner] : []),
    { title: t('scopes'), wide: true, cell: key => <Scopes scopes={key.scopes} /> },
    { title: t('state'), cell: key => <StateBadge apiKey={key} /> },
    { title: t('expires'), wide: true, cell: key => format.date(key.expires_at) },
    {
      title: t('lastUsed'),
      wide: true,
      cell: key => (key.last_used_at ? format.relative(key.last_used_at) : t('never')),
    },
    {
      title: t('action'),
      align: 'right',
      cell: key =>
        !isOver(key) && (
          <Button
            size="xs"
            variant="default"
            aria-label={`${t('revoke')}: ${key.name}`}
            onClick={() => onRevoke(key)}
          >
            {t('revoke')}
          </Button>
        ),
    },
  ]
}

/** What a key may do; the names of many are told when somebody points at them, or comes by keyboard. */
function Scopes({ scopes }: { scopes: readonly string[] | null }) {
  const t = useTexts(apiKeyTexts)
  if (scopes === null) return t('allOfOwner')
  if (scopes.length <= 2) return <span className="code">{scopes.join(', ')}</span>
  return (
    <Tooltip label={scopes.join(', ')} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: or the names could not be read by keyboard */}
      <span tabIndex={0}>{t('manyScopes', { count: scopes.length })}</span>
    </Tooltip>
  )
}

const COLORS = { active: 'teal', soon: 'yellow', expired: 'gray', revoked: 'gray' }

function StateBadge({ apiKey }: { apiKey: ApiKey }) {
  const t = useTexts(apiKeyTexts)
  const state = stateOf(apiKey)
  return <Badge color={COLORS[state]}>{t(state)}</Badge>
}
