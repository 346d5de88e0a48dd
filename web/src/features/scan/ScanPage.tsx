import { SegmentedControl, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { PageHeader } from '~/ui/PageHeader'
import { ScanFeedback } from '~/ui/ScanFeedback'
import { ActionBar } from './ActionBar'
import { CameraView } from './CameraView'
import { FinishDialog } from './FinishDialog'
import { FoundProduct } from './FoundProduct'
import { LineList } from './LineList'
import { PlaceBar } from './PlaceBar'
import { QueueList } from './QueueList'
import classes from './Scan.module.css'
import { canBe, MODES, type Mode, withMode } from './session'
import { sessionStore } from './store'
import { scanTexts } from './texts'
import { UnknownDialog } from './UnknownDialog'
import { useScanning } from './useScanning'

const route = getRouteApi('/shell/scan')

const HINTS = {
  lookup: 'lookupHint',
  count: 'countHint',
  receive: 'receiveHint',
  issue: 'issueHint',
  move: 'moveHint',
} as const

/** Scan without putting the scanner down: what it is for is chosen once, everything else is scanned. */
export function ScanPage() {
  const t = useTexts(scanTexts)
  const scanning = useScanning()
  const { session } = scanning
  const { mode: wanted } = route.useSearch()
  const [camera, setCamera] = useState(false)
  const [finishing, setFinishing] = useState(false)
  const mayMove = useCan()('stock.move')
  const modes = mayMove ? MODES : MODES.filter(mode => mode === 'lookup')
  const stocking = mayMove && session.mode !== 'lookup'
  const atOnce = session.commit === 'each' && session.mode !== 'count'
  useEffect(() => {
    if (!mayMove) sessionStore.set(withMode(sessionStore.get(), 'lookup'))
  }, [mayMove])
  useEffect(() => {
    if (session.lines.length === 0) setFinishing(false)
  }, [session.lines.length])
  useEffect(() => {
    const now = sessionStore.get()
    if (wanted && canBe(now, wanted)) sessionStore.set(withMode(now, wanted))
  }, [wanted])
  return (
    <div className={classes.page}>
      <PageHeader title={t('title')} description={t(HINTS[stocking ? session.mode : 'lookup'])} />
      <SegmentedControl
        className={classes.modes}
        aria-label={t('mode')}
        fullWidth
        size="md"
        data={modes.map(mode => ({
          value: mode,
          label: t(mode),
          disabled: !canBe(session, mode),
        }))}
        value={stocking ? session.mode : 'lookup'}
        onChange={mode => scanning.chooseMode(mode as Mode)}
      />
      {stocking && <PlaceBar session={session} onPlace={scanning.choosePlace} />}
      <ScanFeedback result={scanning.result} />
      {camera && <CameraView onCode={scanning.scan} />}
      {!stocking && scanning.found && <FoundProduct id={scanning.found.id} />}
      {stocking && !atOnce && <LineList session={session} />}
      {stocking && <QueueList owner={scanning.owner} />}
      {stocking && (
        <Text fz="xs" c="dimmed" className={classes.commit} component="div">
          <span id="scan-commit">{t('commit')}</span>
          <SegmentedControl
            size="xs"
            aria-labelledby="scan-commit"
            disabled={session.mode === 'count' || session.lines.length > 0}
            data={[
              { value: 'end', label: t('atEnd') },
              { value: 'each', label: t('atOnce') },
            ]}
            value={atOnce ? 'each' : 'end'}
            onChange={commit =>
              sessionStore.set({ ...sessionStore.get(), commit: commit === 'each' ? 'each' : 'end' })
            }
          />
        </Text>
      )}
      <ActionBar
        scanning={scanning}
        camera={camera}
        onCamera={() => setCamera(!camera)}
        onFinish={() => setFinishing(true)}
      />
      <FinishDialog
        opened={finishing}
        session={session}
        onClose={() => setFinishing(false)}
        onFinish={(lines, reference) => {
          void scanning.finish(lines, reference).then(ended => ended && setFinishing(false))
        }}
      />
      <UnknownDialog
        code={scanning.unknown[0] ?? null}
        onResolved={(code, assigned) => {
          scanning.resolved(code)
          if (assigned) scanning.scan(code)
        }}
      />
    </div>
  )
}
