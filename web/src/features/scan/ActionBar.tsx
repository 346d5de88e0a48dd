import { TextInput, UnstyledButton } from '@mantine/core'
import {
  IconArrowBackUp,
  IconCamera,
  IconCameraOff,
  IconCircleCheck,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { notifyRefused } from '~/ui/problems'
import { useJobs } from './queue'
import classes from './Scan.module.css'
import { scanTexts } from './texts'
import { undoneKeys, type useScanning } from './useScanning'

interface ActionBarProps {
  scanning: ReturnType<typeof useScanning>
  camera: boolean
  onCamera: () => void
  onFinish: () => void
}

/** The big buttons, where a thumb reaches them. */
export function ActionBar({ scanning, camera, onCamera, onFinish }: ActionBarProps) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const { session, step } = scanning
  const jobs = useJobs()
  const atOnce = session.commit === 'each' && session.mode !== 'count'
  const undone = undoneKeys()
  const undoable = atOnce
    ? jobs.some(
        job =>
          job.owner === scanning.owner &&
          job.work.kind !== 'undo' &&
          job.state !== 'refused' &&
          !undone.has(job.key),
      )
    : session.before.length > 0
  const off = session.lines.length === 0 ? t('nothingToFinish') : undefined
  return (
    <section className={classes.actions} aria-label={t('title')}>
      <CodeField onCode={scanning.scan} />
      <div className={classes.buttons}>
        {session.mode !== 'lookup' && (
          <>
            <Action
              icon={<IconArrowBackUp size={24} stroke={1.7} aria-hidden />}
              label={t('undo')}
              off={undoable ? undefined : t('nothingToUndo')}
              onClick={scanning.undo}
            />
            <div className={classes.step}>
              <UnstyledButton
                className={classes.stepButton}
                aria-label={t('less')}
                onClick={() => scanning.addToStep(-1)}
              >
                <IconMinus size={20} stroke={2} aria-hidden />
              </UnstyledButton>
              <output aria-label={t('next')}>×{format.quantity(step)}</output>
              <UnstyledButton
                className={classes.stepButton}
                aria-label={t('more')}
                onClick={() => scanning.addToStep(1)}
              >
                <IconPlus size={20} stroke={2} aria-hidden />
              </UnstyledButton>
            </div>
          </>
        )}
        <Action
          icon={
            camera ? (
              <IconCameraOff size={24} stroke={1.7} aria-hidden />
            ) : (
              <IconCamera size={24} stroke={1.7} aria-hidden />
            )
          }
          label={camera ? t('cameraOff') : t('camera')}
          onClick={onCamera}
        />
        {session.mode !== 'lookup' && !atOnce && (
          <Action
            main
            icon={<IconCircleCheck size={24} stroke={1.7} aria-hidden />}
            label={t('finish')}
            off={off}
            onClick={onFinish}
          />
        )}
      </div>
    </section>
  )
}

interface ActionProps {
  icon: ReactNode
  label: string
  onClick: () => void
  /** Why it cannot be pressed now: it is said when somebody tries. */
  off?: string | undefined
  main?: boolean
}

function Action({ icon, label, onClick, off, main }: ActionProps) {
  return (
    <UnstyledButton
      className={classes.action}
      data-main={main || undefined}
      aria-disabled={off !== undefined || undefined}
      onClick={() => (off === undefined ? onClick() : notifyRefused(label, off))}
    >
      {icon}
      <span>{label}</span>
    </UnstyledButton>
  )
}

/** For a label that no scanner reads. */
function CodeField({ onCode }: { onCode: (code: string) => void }) {
  const t = useTexts(scanTexts)
  const [code, setCode] = useState('')
  return (
    <form
      className={classes.code}
      onSubmit={event => {
        event.preventDefault()
        if (code.trim()) onCode(code.trim())
        setCode('')
      }}
    >
      <TextInput
        aria-label={t('type')}
        placeholder={t('type')}
        size="md"
        value={code}
        spellCheck={false}
        autoCapitalize="characters"
        onChange={event => setCode(event.currentTarget.value)}
      />
    </form>
  )
}
