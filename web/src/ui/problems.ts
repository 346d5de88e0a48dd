import { notifications } from '@mantine/notifications'
import { Problem } from '~/api/problem'
import { textNow, useLanguage } from '~/i18n/catalogue'
import { uiTexts } from './texts'

/** What went wrong and what to do, in the language of the person where there is a text for it, else as the server says it. */
export function problemText(error: unknown): string {
  const t = textNow(uiTexts)
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error)
  switch (error.code) {
    case 'network':
      return t('network')
    case 'busy':
    case 'too_many_requests':
      return t('busy')
    case 'outcome_unknown':
      return t('outcomeUnknown')
    case 'version_conflict':
    case 'stale_version':
    case 'precondition_failed':
      return t('stale')
    case 'insufficient_stock':
      return t('insufficientStock', { detail: error.message })
    case 'duplicate_sku':
      return t('duplicateSku')
    case 'last_admin':
      return t('lastAdmin')
    case 'own_access':
      return t('ownAccess')
    case 'permission_denied':
      return t('forbidden', { permission: String(error.body.permission ?? '–') })
    case 'warehouse_denied':
      return t('otherWarehouses')
    case 'duplicate_email':
      return t('duplicateEmail')
    case 'duplicate_user_name':
      return t('duplicateUserName')
  }
  if (error.status === 401) return t('signedOut')
  if (error.status === 412) return t('stale')
  if (error.status >= 500 && error.code === 'internal_error') {
    return t('internal', { id: String(error.body.request_id ?? '–') })
  }
  if (error.faults.length > 0) return error.faults.map(fault => fault.message).join('; ')
  return error.message
}

/** The same in components, which are drawn anew when the language changes. */
export function useProblemText(): (error: unknown) => string {
  useLanguage()
  return problemText
}

interface FormWithErrors {
  values: object
  setErrors(errors: Record<string, string>): void
}

/**
 * Puts what the server refuses to the fields it names. What has no field in this form is returned, to be shown above it.
 * `renamed` maps the server's name of a field to the form's, where they differ.
 */
export function showFaults(
  form: FormWithErrors,
  error: unknown,
  renamed: Record<string, string> = {},
): string | null {
  if (!(error instanceof Problem) || error.faults.length === 0) return problemText(error)
  const known: Record<string, string> = {}
  const others: string[] = []
  for (const [field, message] of Object.entries(error.fields)) {
    const name = renamed[field] ?? field
    if ((name.split('.')[0] ?? '') in form.values) known[name] = message
    else others.push(`${field}: ${message}`)
  }
  form.setErrors(known)
  return others.length > 0 ? others.join('; ') : null
}

/** A short word that it worked. */
export function notifyDone(message: string): void {
  show({ message, color: 'teal', autoClose: 3500 })
}

/** Says what did not work, and stays longer. */
export function notifyProblem(error: unknown): void {
  show({ message: problemText(error), color: 'red', autoClose: 9000 })
}

/** Says that something was refused before the server was asked, with what to do. */
export function notifyRefused(title: string, message: string): void {
  show({ title, message, color: 'red', autoClose: 9000 })
}

function show(notification: Parameters<typeof notifications.show>[0]): void {
  const closeButtonProps = { 'aria-label': textNow(uiTexts)('close') }
  notifications.show({ withBorder: true, closeButtonProps, ...notification })
}
