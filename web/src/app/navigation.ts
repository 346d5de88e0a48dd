import {
  IconAdjustments,
  IconBarcode,
  IconBook2,
  IconBuildingFactory2,
  IconBuildingWarehouse,
  IconCategory,
  IconFileInvoice,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconLock,
  IconPackageImport,
  IconPackages,
  IconRefreshAlert,
  IconSettings,
  IconTruck,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { defineTexts, type PlainKey } from '~/i18n/catalogue'

type IconType = ComponentType<{ size?: number; stroke?: number }>

export interface NavigationEntry {
  /** Where it leads: a route of `routes.ts`. */
  to: string
  text: PlainKey<typeof navigationTexts.en>
  /** A shorter text for the bar of a phone. */
  short?: PlainKey<typeof navigationTexts.en>
  icon: IconType
  /** What somebody has to be allowed to see it. */
  permission?: string
  /** Whether it is for those only who may work in every warehouse. */
  everywhere?: true
  /** A second key after `g` that leads there. */
  key?: string
  /** Whether it stands in the bar at the bottom of a phone; four can. The others are below “More”. */
  bar?: true
}

export const navigationTexts = defineTexts({
  en: {
    dashboard: 'Dashboard',
    products: 'Products',
    scanning: 'Scanning',
    stock: 'Stock work',
    movements: 'Movements',
    transfers: 'Transfers',
    reservations: 'Reservations',
    purchaseOrders: 'Purchase orders',
    orders: 'Orders',
    goodsReceipts: 'Goods receipts',
    replenishment: 'Replenishment',
    suppliers: 'Suppliers',
    warehouses: 'Warehouses',
    categories: 'Categories',
    ledger: 'Ledger',
    settings: 'Settings',
    users: 'People',
    auditLog: 'Audit log',
    account: 'Your account',
    apiKeys: 'API keys',
  },
  de: {
    dashboard: 'Übersicht',
    products: 'Produkte',
    scanning: 'Scannen',
    stock: 'Lagerarbeit',
    movements: 'Bewegungen',
    transfers: 'Umlagerungen',
    reservations: 'Reservierungen',
    purchaseOrders: 'Bestellungen',
    orders: 'Bestellungen',
    goodsReceipts: 'Wareneingänge',
    replenishment: 'Nachbestellung',
    suppliers: 'Lieferanten',
    warehouses: 'Lager',
    categories: 'Kategorien',
    ledger: 'Lagerbuch',
    settings: 'Einstellungen',
    users: 'Personen',
    auditLog: 'Protokoll',
    account: 'Ihr Konto',
    apiKeys: 'API-Schlüssel',
  },
})

/** Groups of pages, as they stand in the navigation. */
export const NAVIGATION: readonly (readonly NavigationEntry[])[] = [
  [
    { to: '/', text: 'dashboard', icon: IconLayoutDashboard, key: 'd', bar: true },
    {
      to: '/products',
      text: 'products',
      icon: IconPackages,
      permission: 'products.read',
      key: 'p',
      bar: true,
    },
  ],
  [
    { to: '/scan', text: 'scanning', icon: IconBarcode, permission: 'stock.read', key: 's', bar: true },
    { to: '/stock', text: 'stock', icon: IconAdjustments, permission: 'stock.move', key: 'k' },
    { to: '/stock-transfers', text: 'transfers', icon: IconTruck, permission: 'stock.read', key: 't' },
    { to: '/reservations', text: 'reservations', icon: IconLock, permission: 'stock.read', key: 'r' },
    { to: '/stock-movements', text: 'movements', icon: IconHistory, permission: 'stock.read', key: 'm' },
  ],
  [
    {
      to: '/purchase-orders',
      text: 'purchaseOrders',
      short: 'orders',
      icon: IconFileInvoice,
      permission: 'purchasing.read',
      key: 'o',
      bar: true,
    },
    {
      to: '/goods-receipts',
      text: 'goodsReceipts',
      icon: IconPackageImport,
      permission: 'purchasing.read',
      key: 'i',
    },
    {
      to: '/replenishment',
      text: 'replenishment',
      icon: IconRefreshAlert,
      permission: 'purchasing.read',
      key: 'n',
    },
    {
      to: '/suppliers',
      text: 'suppliers',
      icon: IconBuildingFactory2,
      permission: 'purchasing.read',
      key: 'l',
    },
  ],
  [
    {
      to: '/warehouses',
      text: 'warehouses',
      icon: IconBuildingWarehouse,
      permission: 'stock.read',
      key: 'w',
    },
    { to: '/categories', text: 'categories', icon: IconCategory, permission: 'products.read', key: 'c' },
    {
      to: '/ledger',
      text: 'ledger',
      icon: IconBook2,
      permission: 'ledger.verify',
      everywhere: true,
      key: 'b',
    },
    {
      to: '/audit-log',
      text: 'auditLog',
      icon: IconListSearch,
      permission: 'audit_log.read',
      everywhere: true,
      key: 'a',
    },
    { to: '/users', text: 'users', icon: IconUsers, permission: 'users.manage', everywhere: true, key: 'u' },
    { to: '/settings', text: 'settings', icon: IconSettings, permission: 'settings.read', key: 'e' },
  ],
]

/** Pages of whoever is signed in: in the menu at the top right, and found by the palette. */
export const ACCOUNT_PAGES: readonly NavigationEntry[] = [
  { to: '/account', text: 'account', icon: IconUserCircle },
  { to: '/api-keys', text: 'apiKeys', icon: IconKey },
]

type Demand = Pick<NavigationEntry, 'permission' | 'everywhere'>

/** Pages below those of the navigation that ask for more. */
const OTHER_PAGES: readonly [pattern: RegExp, demand: Demand][] = [
  [/^\/purchase-orders\/(new|\d+\/edit)$/, { permission: 'purchasing.write' }],
  [/^\/purchase-orders\/\d+\/receive$/, { permission: 'purchasing.receive' }],
]

/** Who may see the page at this address. */
export function demandOf(path: string): Demand {
  const other = OTHER_PAGES.find(([pattern]) => pattern.test(path))
  if (other) return other[1]
  const fits = NAVIGATION.flat().filter(({ to }) => path === to || path.startsWith(`${to}/`))
  return fits.sort((a, b) => b.to.length - a.to.length)[0] ?? {}
}
