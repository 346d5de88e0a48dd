import { defineTexts } from '~/i18n/catalogue'

/** The states of purchase orders, as people say them. */
export const orderStatusTexts = defineTexts({
  en: {
    draft: 'Draft',
    pending_approval: 'Awaiting approval',
    approved: 'Approved',
    rejected: 'Rejected',
    ordered: 'Ordered',
    partially_received: 'Partly received',
    received: 'Received',
    closed: 'Closed',
    cancelled: 'Cancelled',
  },
  de: {
    draft: 'Entwurf',
    pending_approval: 'Wartet auf Freigabe',
    approved: 'Freigegeben',
    rejected: 'Abgelehnt',
    ordered: 'Bestellt',
    partially_received: 'Teilweise eingegangen',
    received: 'Eingegangen',
    closed: 'Abgeschlossen',
    cancelled: 'Storniert',
  },
})
