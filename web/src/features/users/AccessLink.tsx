import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ConfirmModal } from '~/ui/ConfirmModal'
import { Secret, ShownOnce } from '~/ui/ShownOnce'
import { userTexts } from './texts'

/** What lets somebody choose a password once. */
export interface ResetLink {
  name: string
  token: string
  expires_at: string
}

/** The page on which the token is used. It stands behind `#`, which browsers send to no server, so that no log has it. */
function addressOf(token: string): string {
  return `${location.origin}/app/password-reset#${token}`
}

/** The link, to be handed on. */
export function AccessLink({ link, onClose }: { link: ResetLink; onClose: () => void }) {
  const t = useTexts(userTexts)
  const format = useFormat()
  const { name, token, expires_at } = link
  return (
    <ShownOnce
      title={t('linkTitle', { name })}
      text={t('linkText', { name, until: format.dateTime(expires_at) })}
      onClose={onClose}
    >
      <Secret label={t('link')} hint={t('linkHint')} value={addressOf(token)} />
      <Secret label={t('token')} hint={t('tokenHint')} value={token} />
    </ShownOnce>
  )
}

/** Asks first: a link ends those before it. */
export function ConfirmReset({
  name,
  run,
  onClose,
}: {
  name: string
  run: () => Promise<unknown>
  onClose: () => void
}) {
  const t = useTexts(userTexts)
  return (
    <ConfirmModal
      title={t('resetTitle', { name })}
      text={t('resetText', { name })}
      action={t('makeLink')}
      danger={false}
      run={run}
      onClose={onClose}
    />
  )
}
