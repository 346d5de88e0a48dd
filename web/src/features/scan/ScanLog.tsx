import { Badge, Button, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { play } from '~/scanner/sound'
import { Panel } from '~/ui/Panel'
import { notifyProblem } from '~/ui/problems'
import type { ScanResult } from '~/ui/ScanFeedback'
import { scanQueue, useReverseScan, useScans } from './api'
import classes from './Station.module.css'
import { scanTexts } from './texts'

/** What was scanned, the last first, and how it ended. The last that happened can be taken back. */
export function ScanLog({ onUndone }: { onUndone: (result: ScanResult) => void }) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const scans = useScans()
  const reverse = useReverseScan()
  const last = scans.findLast(scan => scan.state === 'done' && scan.movementId !== undefined)
  const waiting = scans.filter(scan => scan.state === 'waiting').length
  const undo = () => {
    if (last?.movementId === undefined) return
    reverse.mutate(
      { id: last.movementId, reason: t('undoReason') },
      {
        onSuccess: () => {
          scanQueue.markUndone(last.key)
          play('warning')
          onUndone({ tone: 'warn', title: t('undoDone', { name: last.label }) })
        },
        onError: notifyProblem,
      },
    )
  }
  return (
    <Panel
      title={t('log')}
      beside={
        <Button
          size="md"
          variant="default"
          disabled={!last}
          loading={reverse.isPending}
          leftSection={<IconArrowBackUp size={18} stroke={1.7} />}
          onClick={undo}
        >
          {t('undoLast')}
        </Button>
      }
    >
      {waiting > 1 && (
        <Text fz="sm" className="warn" role="status">
          {t('waitingCount', { count: waiting })}
        </Text>
      )}
      {scans.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('logEmpty')}
        </Text>
      ) : (
        <ul className={classes.log}>
          {[...scans].reverse().map(scan => (
            <li key={scan.key} className={classes.scan} data-state={scan.state}>
              <b className="num">{format.change(scan.change)}</b>
              <span className={classes.label}>{scan.label}</span>
              {scan.state === 'waiting' && <Badge color="yellow">{t('waiting')}</Badge>}
              {scan.state === 'undone' && <Badge color="gray">{t('undone')}</Badge>}
              {scan.state === 'refused' && (
                <Badge color="red" title={scan.fault}>
                  {t('refused')}
                </Badge>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
