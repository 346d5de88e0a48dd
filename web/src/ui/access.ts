import type { Permission, Role } from '~/api/schema.gen'
import { defineTexts } from '~/i18n/catalogue'

/** What people may do by their role, in a line. */
export const roleMeanings = defineTexts({
  en: {
    viewer: 'Looks at products and stock; sees no costs',
    operator: 'Moves, counts and reserves stock, receives goods',
    buyer: 'Writes purchase orders, keeps suppliers and reorder points',
    manager: 'All of that; approves orders, keeps products, prices and warehouses',
    admin: 'Everything; decides about people and settings',
  } satisfies Record<Role, string>,
  de: {
    viewer: 'Sieht Produkte und Bestand, aber keine Einkaufspreise',
    operator: 'Bewegt, zählt und reserviert Bestand, nimmt Ware an',
    buyer: 'Schreibt Bestellungen, pflegt Lieferanten und Meldebestände',
    manager: 'All das; gibt Bestellungen frei, pflegt Produkte, Preise und Lager',
    admin: 'Alles; entscheidet über Personen und Einstellungen',
  },
})

/** What each permission allows; also the scopes of API keys. In the order in which they are shown. */
export const permissionMeanings = defineTexts({
  en: {
    'products.read': 'See products, categories and prices',
    'products.write': 'Add and change products, categories and prices',
    'stock.read': 'See stock, movements, reservations, transfers and warehouses',
    'stock.move': 'Adjust, receive, issue, transfer and undo',
    'stock.reserve': 'Reserve stock and release it',
    'warehouses.write': 'Add and change warehouses and locations',
    'reorder_policies.write': 'Set what is reordered when',
    'purchasing.read': 'See suppliers, purchase orders, and what things cost',
    'purchasing.write': 'Keep suppliers, write purchase orders and send them',
    'purchasing.approve': 'Approve and reject purchase orders',
    'purchasing.receive': 'Receive goods and return them to suppliers',
    'events.read': 'Follow the change feed: of purchasing, only with purchasing.read',
    'ledger.verify': 'Verify the ledger and note its heads',
    'audit_log.read': 'Read, export and verify the audit log',
    'settings.read': 'See the settings',
    'settings.write': 'Change the settings',
    'users.manage': 'Add people and say what they may do',
    'metrics.read': 'Read the figures of the server',
  } satisfies Record<Permission, string>,
  de: {
    'products.read': 'Produkte, Kategorien und Preise sehen',
    'products.write': 'Produkte, Kategorien und Preise anlegen und ändern',
    'stock.read': 'Bestand, Bewegungen, Reservierungen, Umlagerungen und Lager sehen',
    'stock.move': 'Korrigieren, annehmen, ausgeben, umlagern und rückgängig machen',
    'stock.reserve': 'Bestand reservieren und freigeben',
    'warehouses.write': 'Lager und Plätze anlegen und ändern',
    'reorder_policies.write': 'Festlegen, was wann nachbestellt wird',
    'purchasing.read': 'Lieferanten, Bestellungen und Einkaufspreise sehen',
    'purchasing.write': 'Lieferanten pflegen, Bestellungen schreiben und absenden',
    'purchasing.approve': 'Bestellungen freigeben und ablehnen',
    'purchasing.receive': 'Ware annehmen und an Lieferanten zurückgeben',
    'events.read': 'Dem Strom der Änderungen folgen: über den Einkauf nur mit purchasing.read',
    'ledger.verify': 'Das Lagerbuch prüfen und seine Enden notieren',
    'audit_log.read': 'Das Protokoll lesen, exportieren und prüfen',
    'settings.read': 'Die Einstellungen sehen',
    'settings.write': 'Die Einstellungen ändern',
    'users.manage': 'Personen anlegen und sagen, was sie dürfen',
    'metrics.read': 'Die Kennzahlen des Servers lesen',
  },
})
