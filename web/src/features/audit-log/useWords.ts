import { useTexts } from '~/i18n/catalogue'
import { actionTexts, fieldTexts, isAction, isField } from './actions'
import { auditTexts } from './texts'

/** What was done, as people say it; an action that this app does not know, as the server names it. */
export function useActionText(): (action: string) => string {
  const t = useTexts(actionTexts)
  return action => (isAction(action) ? t(action) : action)
}

export function useFieldText(): (field: string) => string {
  const t = useTexts(fieldTexts)
  return field => (isField(field) ? t(field) : field)
}

const KINDS = ['person', 'api_key', 'demo', 'internal', 'anonymous', 'database'] as const

/** By what somebody came in. */
export function useActorKind(): (kind: string) => string {
  const t = useTexts(auditTexts)
  return kind => {
    const known = KINDS.find(one => one === kind)
    return known ? t(known) : kind
  }
}
