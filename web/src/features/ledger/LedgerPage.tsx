import { Alert, Progress as Bar, Button, FileButton, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconDownload, IconFileSearch, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { LedgerDifference } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { today, useFormat } from '~/i18n/format'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable } from '~/ui/DataTable'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { LoadFailed } from '~/ui/QueryView'
import { readHeads, useFeed, useVerification } from './api'
import classes from './Ledger.module.css'
import { ledgerTexts } from './texts'
import { compareHeads, type Mismatch, type Progress, parseHeads } from './verification'

export function LedgerPage() {
  const t = useTexts(ledgerTexts)
  return (
    <>
      <PageHeader title={t('title')} description={t('about')} />
      <Stack gap="sm">
        <Verification />
        <Heads />
        <Feed />
      </Stack>
    </>
  )
}

function Verification() {
  const t = useTexts(ledgerTexts)
  const { progress, running, error, start, stop } = useVerification()
  return (
    <Panel
      title={t('verifyTitle')}
      beside={
        running ? (
          <Button variant="default" onClick={stop}>
            {t('stop')}
          </Button>
        ) : (
          <ActionButton
            leftSection={<IconShieldCheck size={16} stroke={1.8} />}
            needs="ledger.verify"
            onClick={() => void start()}
          >
            {progress ? t('again') : t('verify')}
          </ActionButton>
        )
      }
    >
      <Text fz="sm" c="dimmed" mb="sm">
        {t('verifyText')}
      </Text>
      {progress && <Checked progress={progress} running={running} />}
      {error !== null && <LoadFailed error={error} onRetry={() => void start()} />}
      {progress && error === null && !running && <Outcome progress={progress} />}
    </Panel>
  )
}

function Checked({ progress, running }: { progress: Progress; running: boolean }) {
  const t = useTexts(ledgerTexts)
  const format = useFormat()
  const counts = ['products', 'levels', 'movements', 'entries'] as const
  return (
    <>
      <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm" mb="sm">
        {counts.map(name => (
          <div key={name}>
            <div className={classes.figure}>{format.quantity(progress.checked[name])}</div>
            <Text fz="xs" c="dimmed">
              {t(name)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {running && <Bar value={100} animated striped mb="sm" aria-label={t('running')} />}
    </>
  )
}

function Outcome({ progress }: { progress: Progress }) {
  const t = useTexts(ledgerTexts)
  const { differences } = progress
  if (differences.length > 0) {
    return (
      <>
        <Alert color="red" role="alert" title={t('found', { count: differences.length })} mb="sm">
          {t('foundText')} {progress.truncated && t('truncated')}
        </Alert>
        <DataTable
          label={t('found', { count: differences.length })}
          rows={differences}
          rowKey={one => `${one.code} ${one.product_id} ${one.location_id} ${one.seq} ${one.movement_id}`}
          columns={[
            { title: t('kind'), cell: one => <span className="code">{one.code}</span> },
            { title: t('where'), cell: one => <Where difference={one} /> },
            { title: t('detail'), cell: one => one.detail },
          ]}
        />
      </>
    )
  }
  return progress.finished ? (
    <Alert
      color="teal"
      variant="outline"
      styles={GOOD}
      role="status"
      title={t('well')}
      icon={<IconShieldCheck size={20} />}
    >
      {t('wellText')}
    </Alert>
  ) : (
    <Alert color="yellow" role="status">
      {t('stopped')}
    </Alert>
  )
}

function Where({ difference }: { difference: LedgerDifference }) {
  const t = useTexts(ledgerTexts)
  const { product_id, location_id, seq } = difference
  const parts = [
    product_id != null && t('product', { id: String(product_id) }),
    location_id != null && t('location', { id: String(location_id) }),
    seq != null && t('entry', { seq: String(seq) }),
  ]
  return parts.filter(Boolean).join(', ') || '–'
}

/** The green of titles, which is readable on what is below it. */
const GOOD = { title: { color: 'var(--sb-good)' }, label: { color: 'var(--sb-good)' } }

interface Compared {
  file: string
  total: number
  mismatches: Mismatch[]
  same: number
  grown: number
}

function Heads() {
  const t = useTexts(ledgerTexts)
  const [busy, setBusy] = useState(false)
  const [compared, setCompared] = useState<Compared | null>(null)
  const during = async (work: () => Promise<void>) => {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      notifyProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const save = () =>
    during(async () => {
      const items = await readHeads()
      saveFile(`ledger-heads-${today()}.json`, JSON.stringify({ items }, null, 1))
      notifyDone(t('exported', { count: items.length }))
    })
  const compare = (file: File | null) =>
    file &&
    during(async () => {
      const noted = parseHeads(await file.text())
      if (!noted) throw new Error(t('notHeads'))
      setCompared({ file: file.name, total: noted.length, ...compareHeads(noted, await readHeads()) })
    })
  return (
    <Panel
      title={t('headsTitle')}
      beside={
        <Group gap="xs">
          <ActionButton
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.7} />}
            needs="ledger.verify"
            loading={busy}
            onClick={() => void save()}
          >
            {t('export')}
          </ActionButton>
          <FileButton accept="application/json,.json" onChange={file => void compare(file)}>
            {props => (
              <ActionButton
                {...props}
                variant="default"
                leftSection={<IconFileSearch size={16} stroke={1.7} />}
                needs="ledger.verify"
              >
                {t('compare')}
              </ActionButton>
            )}
          </FileButton>
        </Group>
      }
    >
      <Text fz="sm" c="dimmed">
        {t('headsText')}
      </Text>
      {compared && <ComparedView compared={compared} />}
    </Panel>
  )
}

function ComparedView({ compared }: { compared: Compared }) {
  const t = useTexts(ledgerTexts)
  const { mismatches, same, grown, total } = compared
  const grownText = t('compareGrown', { same, grown })
  if (mismatches.length === 0) {
    return (
      <Alert
        mt="sm"
        color="teal"
        variant="outline"
        styles={GOOD}
        role="status"
        title={t('compareWell', { count: total })}
      >
        {grownText}
      </Alert>
    )
  }
  return (
    <Alert mt="sm" color="red" role="alert" title={t('compareFound', { count: mismatches.length })}>
      <ul className={classes.found}>
        {mismatches.slice(0, 100).map(({ head, kind }) => (
          <li key={`${head.product_id} ${head.location_id} ${head.lot}`}>
            {t('product', { id: String(head.product_id) })}, {t('location', { id: String(head.location_id) })}
            : {t(kind)}
          </li>
        ))}
      </ul>
      {grownText}
    </Alert>
  )
}

function saveFile(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

function Feed() {
  const t = useTexts(ledgerTexts)
  const format = useFormat()
  const { events } = useFeed()
  const about = (about: Record<string, unknown>) =>
    String(about.number ?? about.sku ?? about.code ?? about.name ?? about.reference ?? about.id ?? '')
  return (
    <Panel title={t('feedTitle')}>
      <Text fz="sm" c="dimmed" mb="xs">
        {t('feedText')}
      </Text>
      {events.length === 0 ? (
        <Text fz="sm">{t('feedEmpty')}</Text>
      ) : (
        <DataTable
          label={t('feedTitle')}
          rows={events}
          rowKey={event => event.id}
          columns={[
            { title: t('when'), cell: event => format.time(event.recorded_at) },
            { title: t('what'), cell: event => <span className="code">{event.type}</span> },
            { title: t('about_'), cell: event => about(event.data as Record<string, unknown>) },
            { title: t('by'), wide: true, cell: event => event.actor },
          ]}
        />
      )}
    </Panel>
  )
}
