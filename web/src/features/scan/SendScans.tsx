import { Anchor, Group } from '@mantine/core'
import { IconAlertTriangle, IconCloudUp } from '@tabler/icons-react'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { touchedBy } from '~/api/live'
import type { Me } from '~/api/schema.gen'
import { useMe } from '~/app/session'
import { productByCode } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { play } from '~/scanner/sound'
import type { Job } from './jobs'
import { allJobs, subscribe, updateJob, useJobs } from './queue'
import classes from './Scan.module.css'
import { postJob, type SenderDeps, sendWaiting } from './sender'
import type { KnownProduct } from './session'
import { scanTexts } from './texts'

const WAIT_MS_MIN = 500
const WAIT_MS_MAX = 5000

/** Whose scans they are. */
export function ownerOf(me: Me): string {
  return me.user ? `user ${me.user.id}` : me.kind
}

/** Sends what was scanned, on whichever page one is, and says on every page that something waits. */
export function SendScans() {
  const t = useTexts(scanTexts)
  const queryClient = useQueryClient()
  const me = useMe().data
  const owner = me ? ownerOf(me) : null
  useEffect(() => (owner === null ? undefined : startSending(owner, queryClient)), [owner, queryClient])
  const pathname = useLocation({ select: location => location.pathname })
  const mine = useJobs().filter(job => job.owner === owner)
  const refused = mine.filter(job => job.state === 'refused').length
  const waiting = mine.filter(job => job.state === 'waiting' && job.tries > 1).length
  if (pathname.endsWith('/scan') || (refused === 0 && waiting === 0)) return null
  return (
    <Group className={classes.bar} gap="xs" wrap="nowrap" role="status">
      {refused > 0 ? (
        <IconAlertTriangle size={18} stroke={1.7} aria-hidden />
      ) : (
        <IconCloudUp size={18} stroke={1.7} aria-hidden />
      )}
      {refused > 0 ? t('refusedCount', { count: refused }) : t('waitingCount', { count: waiting })}
      <Anchor component={Link} to="/scan" fz="sm" c="inherit" td="underline">
        {t('show')}
      </Anchor>
    </Group>
  )
}

/** Looks a code up without trying again: whoever scans does not wait. */
export async function lookUp(queryClient: QueryClient, code: string): Promise<KnownProduct | null> {
  const product = await queryClient.fetchQuery({ ...productByCode(code), retry: false })
  return product && { id: product.id, sku: product.sku, name: product.name, unit: product.unit }
}

function startSending(owner: string, queryClient: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let ended = false
  let waitMs = WAIT_MS_MIN
  const deps: SenderDeps = {
    jobs: allJobs,
    update: updateJob,
    lookUp: code => lookUp(queryClient, code),
    post: postJob,
    onEnd: job => {
      if (job.state === 'refused') play('refused')
      for (const queryKey of touchedBy('stock.movement')) void queryClient.invalidateQueries({ queryKey })
    },
    isOver: () => ended,
  }
  const isWaiting = (job: Job) => job.state === 'waiting' && job.owner === owner
  const run = async () => {
    if (running || ended || !allJobs().some(isWaiting)) return
    running = true
    clearTimeout(timer)
    // Of all tabs one sends, so that the order stays.
    const round = await navigator.locks
      .request('stockbook-scans', () => sendWaiting(owner, deps))
      .catch(() => 'again' as const)
    running = false
    if (ended) return
    if (round === 'again') {
      timer = setTimeout(() => void run(), waitMs)
      waitMs = Math.min(waitMs * 2, WAIT_MS_MAX)
    } else {
      waitMs = WAIT_MS_MIN
      void run() // what came while it was sending
    }
  }
  const now = () => void run()
  const unsubscribe = subscribe(now)
  window.addEventListener('online', now)
  now()
  return () => {
    ended = true
    clearTimeout(timer)
    unsubscribe()
    window.removeEventListener('online', now)
  }
}
