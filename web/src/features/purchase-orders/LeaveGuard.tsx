import { useBlocker } from '@tanstack/react-router'
import { useTexts } from '~/i18n/catalogue'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { draftTexts } from './draftTexts'

/** Asks before a page is left on which something was typed and not saved. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const t = useTexts(draftTexts)
  const blocker = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: dirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <ConfirmModal
      title={t('leaveTitle')}
      text={t('leaveText')}
      action={t('leave')}
      run={async () => blocker.proceed()}
      onClose={() => blocker.reset()}
    />
  )
}
