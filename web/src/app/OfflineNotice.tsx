import { Group } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import classes from './OfflineNotice.module.css'
import { appTexts } from './texts'

/** A restart of the server is over by then, and not worth a word. */
const PATIENCE_MS = 2000

/** Says that the server cannot be reached, once that has lasted a while. */
export function OfflineNotice() {
  const t = useTexts(appTexts)
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!late) return null
  return (
    <Group className={classes.notice} gap="xs" role="alert" wrap="nowrap">
      <IconPlugConnectedX size={18} stroke={1.7} aria-hidden />
      {t('offline')}
    </Group>
  )
}
