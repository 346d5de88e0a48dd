import { Badge } from '@mantine/core'
import type { User } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { userTexts } from './texts'

/** Whether somebody may come in, and can. */
export function StateBadge({ user }: { user: User }) {
  const t = useTexts(userTexts)
  if (!user.active) return <Badge color="gray">{t('inactive')}</Badge>
  return user.has_password ? (
    <Badge color="teal">{t('active')}</Badge>
  ) : (
    <Badge color="yellow">{t('invited')}</Badge>
  )
}
