import { Badge, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { MeanwhileDialog } from '~/features/stock/MeanwhileDialog'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { movementTexts } from '~/ui/movements'
import { Panel } from '~/ui/Panel'
import { notifyRefused } from '~/ui/problems'
import { type Job, linesOf, type Work } from './jobs'
import { removeJob, replaceJob, updateJob, useJobs } from './queue'
import classes from './Scan.module.css'
import { totalsOf } from './session'
import { scanTexts } from './texts'
import { titleOf, undoneKeys } from './useScanning'

const SHOWN = 12
const COLOURS = { waiting: 'yellow', done: 'teal', refused: 'red' }

/** What is on its way to the server, what has arrived, and what was refused and needs somebody. */
export function QueueList({ owner }: { owner: string | null }) {
  const t = useTexts(scanTexts)
  const jobs = useJobs()
  const mine = jobs.filter(job => job.owner === owner)
  const others = jobs.filter(job => job.owner !== owner && job.state !== 'done').length
  const waiting = mine.filter(job => job.state === 'waiting').length
  const shown = [
    ...mine.filter(job => job.state !== 'done').reverse(),
    ...mine.filter(job => job.state === 'done').reverse(),
  ].slice(0, SHOWN)
  const entered = mine.length > 0 && mine.every(job => job.state === 'done')
  if (shown.length === 0 && others === 0) return null
  return (
    <Panel
      title={entered ? t('queueDone') : t('queue')}
      beside={waiting > 0 && <Badge color="yellow">{t('waitingCount', { count: waiting })}</Badge>}
    >
      {entered && (
        <Text fz="sm" c="dimmed">
          {t('queueEmpty')}
        </Text>
      )}
      {others > 0 && (
        <Text fz="sm" className="warn">
          {t('otherOwner', { count: others })}
        </Text>
      )}
      <ul className={classes.lines} aria-label={t('queue')}>
        {shown.map(job => (
          <JobLine key={job.key} job={job} />
        ))}
      </ul>
    </Panel>
  )
}

function JobLine({ job }: { job: Job }) {
  const t = useTexts(scanTexts)
  const kind = useKind()
  const format = useFormat()
  const undone = undoneKeys().has(job.key)
  const { units } = totalsOf(
    linesOf(job.work).map(line => ({ ...line, to: null, lot: null, expected: null })),
  )
  return (
    <li className={classes.job} data-state={job.state}>
      <div className={classes.lineName}>
        <Text fz="sm" fw={600} truncate>
          {[kind(job.work), titleOf(job.work)].filter(Boolean).join(' · ')}
        </Text>
        <Text fz="xs" c={job.problem ? undefined : 'dimmed'} className={job.problem ? 'bad' : undefined}>
          {job.problem
            ? job.problem.code === 'unknown_code'
              ? t('unknown', { code: job.problem.message })
              : job.problem.message
            : [
                format.time(new Date(job.at)),
                job.after !== null && t('after', { quantity: format.quantity(job.after) }),
              ]
                .filter(Boolean)
                .join(' · ')}
        </Text>
        {job.state === 'refused' && <Decide job={job} />}
      </div>
      {job.work.kind !== 'undo' && <b className="num">{format.quantity(units)}</b>}
      <Badge color={undone ? 'gray' : COLOURS[job.state]}>
        {undone && job.state === 'done'
          ? t('undone')
          : job.state === 'waiting' && job.tries === 1
            ? t('sending')
            : t(job.state)}
      </Badge>
    </li>
  )
}

/** What can be done with what was refused: nothing is dropped by itself. */
function Decide({ job }: { job: Job }) {
  const t = useTexts(scanTexts)
  const [open, setOpen] = useState(false)
  const { work, problem } = job
  const now = problem?.code === 'stale_quantity' && problem.onHand !== null ? problem.onHand : null
  return (
    <Group gap="xs" mt={6}>
      {work.kind === 'count' && now !== null ? (
        <Button size="xs" onClick={() => setOpen(true)}>
          {t('decide')}
        </Button>
      ) : (
        <Button size="xs" onClick={() => updateJob(job, { state: 'waiting', problem: null })}>
          {t('again')}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => removeJob(job)}>
        {t('drop')}
      </Button>
      {work.kind === 'count' && now !== null && (
        <MeanwhileDialog
          change={open ? { seen: work.expected ?? 0, now } : null}
          name={titleOf(work)}
          after={() => work.line.quantity}
          pending={false}
          onClose={() => setOpen(false)}
          onApply={onHand => {
            try {
              replaceJob(job, { ...work, expected: onHand })
            } catch {
              notifyRefused(titleOf(work), t('noRoom'))
            }
          }}
        />
      )}
    </Group>
  )
}

function useKind(): (work: Work) => string {
  const t = useTexts(scanTexts)
  const movement = useTexts(movementTexts)
  return work => {
    if (work.kind === 'undo') return t('jobUndo')
    if (work.kind === 'count') return t('jobCount')
    return movement(work.kind === 'move' ? 'transfer' : work.kind)
  }
}
