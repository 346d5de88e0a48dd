import { Anchor, Chip, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { NewApiKeyAnswer } from '~/api/schema.gen'
import { useCan, useMe } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import panel from '~/ui/Panel.module.css'
import { QueryView } from '~/ui/QueryView'
import { Secret, ShownOnce } from '~/ui/ShownOnce'
import { ApiKeyForm } from './ApiKeyForm'
import { ApiKeyTable } from './ApiKeyTable'
import { useApiKeys } from './api'
import { curlOf, isOver } from './state'
import { apiKeyTexts } from './texts'

const route = getRouteApi('/shell/api-keys')

export function ApiKeysPage() {
  const t = useTexts(apiKeyTexts)
  const can = useCan()
  const me = useMe().data
  const { ended = false } = route.useSearch()
  const navigate = useNavigate({ from: '/api-keys' })
  const query = useApiKeys()
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<NewApiKeyAnswer | null>(null)
  const add = (
    <ActionButton
      leftSection={<IconPlus size={16} stroke={2} />}
      disabledReason={me?.user ? undefined : t('demo')}
      onClick={() => setAdding(true)}
    >
      {t('newKey')}
    </ActionButton>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        description={
          <>
            {t('about')}{' '}
            <Anchor href="/docs/" target="_blank" fz="sm" underline="always">
              {t('docs', { address: '/docs' })}
            </Anchor>
          </>
        }
        actions={add}
      />
      <Chip
        mb="sm"
        checked={ended}
        onChange={checked => void navigate({ search: checked ? { ended: true } : {}, replace: true })}
        radius="sm"
        variant="outline"
      >
        {t('showEnded')}
      </Chip>
      <div className={panel.panel}>
        <QueryView query={query}>
          {apiKeys => {
            const shown = apiKeys.filter(key => ended || !isOver(key))
            if (apiKeys.length === 0)
              return <EmptyState icon={IconKey} title={t('noneTitle')} text={t('noneText')} />
            if (shown.length === 0)
              return (
                <Text fz="sm" c="dimmed">
                  {t('noneNow')}
                </Text>
              )
            return <ApiKeyTable apiKeys={shown} withOwner={can('users.manage')} />
          }}
        </QueryView>
      </div>
      {adding && (
        <ApiKeyForm
          onClose={() => setAdding(false)}
          onDone={answer => {
            setAdding(false)
            setMade(answer)
          }}
        />
      )}
      {made && <NewKey made={made} onClose={() => setMade(null)} />}
    </>
  )
}

function NewKey({ made, onClose }: { made: NewApiKeyAnswer; onClose: () => void }) {
  const t = useTexts(apiKeyTexts)
  const format = useFormat()
  const { key, api_key } = made
  return (
    <ShownOnce
      title={t('shownTitle', { name: api_key.name })}
      text={t('shownText', { date: format.date(api_key.expires_at) })}
      onClose={onClose}
    >
      <Secret label={t('key')} value={key} />
      <Secret label={t('curl')} hint={t('curlHint')} value={curlOf(location.origin, key)} />
    </ShownOnce>
  )
}
