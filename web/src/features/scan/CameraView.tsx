import { Alert } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { watchCamera } from '~/scanner/camera'
import classes from './Scan.module.css'
import { scanTexts } from './texts'

/** The camera, reading codes until it is closed. */
export function CameraView({ onCode }: { onCode: (code: string) => void }) {
  const t = useTexts(scanTexts)
  const video = useRef<HTMLVideoElement>(null)
  const latest = useRef(onCode)
  latest.current = onCode
  const [fault, setFault] = useState<string | null>(null)
  useEffect(() => {
    const ended = new AbortController()
    const element = video.current
    if (!element) return
    watchCamera(element, code => latest.current(code), ended.signal).catch(error => {
      if (!ended.signal.aborted) setFault(error instanceof Error ? error.message : String(error))
    })
    return () => ended.abort()
  }, [])
  if (fault !== null) {
    return (
      <Alert color="red" role="alert" mb="sm">
        {navigator.mediaDevices ? t('cameraFailed', { detail: fault }) : t('cameraInsecure')}
      </Alert>
    )
  }
  return (
    <div className={classes.camera}>
      <video ref={video} muted playsInline aria-label={t('cameraPicture')} />
      <div className={classes.aim} aria-hidden />
    </div>
  )
}
