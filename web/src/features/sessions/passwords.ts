import { Problem } from '~/api/problem'
import { useTexts } from '~/i18n/catalogue'
import { showFaults } from '~/ui/problems'
import { sessionTexts } from './texts'

type FormWithErrors = Parameters<typeof showFaults>[0]

/**
 * Puts what is wrong with a password to its field, in the language of the person. What has no field is returned, to be shown
 * above the form.
 */
export function usePasswordFaults(): (form: FormWithErrors, error: unknown) => string | null {
  const t = useTexts(sessionTexts)
  const known: Record<string, string> = {
    wrong_length: t('fault_wrong_length'),
    too_long: t('fault_wrong_length'),
    common_password: t('fault_common_password'),
    wrong_password: t('fault_wrong_password'),
    empty: t('fault_empty'),
  }
  return (form, error) => {
    if (!(error instanceof Problem)) return showFaults(form, error)
    if (error.code === 'invalid_token') return t('tokenInvalid')
    if (error.code === 'too_many_attempts') return t('tooMany')
    const faults = error.faults.map(fault => ({ ...fault, message: known[fault.code] ?? fault.message }))
    return showFaults(form, new Problem(error.status, error.code, error.message, faults, error.body))
  }
}
