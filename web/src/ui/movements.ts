import { defineTexts } from '~/i18n/catalogue'

/** The kinds of stock movements, as people say them. */
export const movementTexts = defineTexts({
  en: {
    receipt: 'Receipt',
    issue: 'Issue',
    adjustment: 'Adjustment',
    count: 'Count',
    return_in: 'Customer return',
    return_out: 'Return to supplier',
    reversal: 'Reversal',
    transfer: 'Transfer',
    transfer_out: 'Transfer out',
    transfer_in: 'Transfer in',
    reserve: 'Reserved',
    release: 'Released',
    fulfil: 'Fulfilled',
    expire: 'Reservation expired',
  },
  de: {
    receipt: 'Wareneingang',
    issue: 'Warenausgang',
    adjustment: 'Korrektur',
    count: 'Zählung',
    return_in: 'Kundenretoure',
    return_out: 'Lieferantenretoure',
    reversal: 'Storno',
    transfer: 'Umlagerung',
    transfer_out: 'Umlagerung aus',
    transfer_in: 'Umlagerung ein',
    reserve: 'Reserviert',
    release: 'Freigegeben',
    fulfil: 'Ausgeliefert',
    expire: 'Reservierung abgelaufen',
  },
})
