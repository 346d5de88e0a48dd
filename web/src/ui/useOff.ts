import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { uiTexts } from './texts'

/** Why the person may not: `disabledReason={off('warehouses.write')}`; undefined if they may. */
export function useOff(): (permission: string) => string | undefined {
  const can = useCan()
  const t = useTexts(uiTexts)
  return permission => (can(permission) ? undefined : t('notAllowed', { permission }))
}
