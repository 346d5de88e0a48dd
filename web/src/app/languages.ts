import type { Language } from '~/i18n/catalogue'

/** Each in itself, so that whoever reads only that one finds it. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch' }
