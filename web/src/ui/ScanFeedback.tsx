import { IconAlertTriangle, IconBarcode, IconCheck, IconX } from '@tabler/icons-react'
import { useTexts } from '~/i18n/catalogue'
import classes from './ScanFeedback.module.css'
import { uiTexts } from './texts'

/** How the last scan went. */
export interface ScanResult {
  tone: 'good' | 'warn' | 'bad'
  title: string
  text?: string
}

const ICONS = { good: IconCheck, warn: IconAlertTriangle, bad: IconX }

/** What the last scan did, large enough to be seen from the shelf. */
export function ScanFeedback({ result }: { result: ScanResult | null }) {
  const t = useTexts(uiTexts)
  const Icon = result ? ICONS[result.tone] : IconBarcode
  return (
    <div className={classes.feedback} data-tone={result?.tone} role="status" aria-live="assertive">
      <Icon size={30} stroke={1.8} aria-hidden />
      <div>
        <div className={classes.title}>{result?.title ?? t('scanNow')}</div>
        {result?.text && <div>{result.text}</div>}
      </div>
    </div>
  )
}
