import { defineTexts } from '~/i18n/catalogue'

/** The kinds of locations, as people say them. */
export const locationKindTexts = defineTexts({
  en: { storage: 'Storage', receiving: 'Receiving', hold: 'On hold', transit: 'In transit' },
  de: { storage: 'Lagerplatz', receiving: 'Wareneingang', hold: 'Gesperrt', transit: 'Unterwegs' },
})
