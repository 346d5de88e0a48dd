import { useMantineColorScheme } from '@mantine/core'
import {
  IconAdjustments,
  IconArrowsExchange,
  IconBarcode,
  IconClipboardCheck,
  IconFilePlus,
  IconKeyboard,
  IconLanguage,
  IconLock,
  IconPackageImport,
  IconPlus,
  IconSun,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { defineTexts, languageStore, type PlainKey } from '~/i18n/catalogue'
import { openScannerSettings } from './ScannerDialog'
import { openShortcuts } from './ShortcutsDialog'

export const actionTexts = defineTexts({
  en: {
    newProduct: 'New product',
    newOrder: 'New purchase order',
    scanReceive: 'Receive by scanning',
    scanCount: 'Count a shelf by scanning',
    scanMove: 'Move by scanning',
    adjust: 'Adjust stock',
    transfer: 'Transfer stock',
    reserve: 'Reserve stock',
    theme: 'Change between light and dark',
    language: 'Auf Deutsch anzeigen',
    shortcuts: 'Show keyboard shortcuts',
    scanner: 'Set up the scanner',
  },
  de: {
    newProduct: 'Neues Produkt',
    newOrder: 'Neue Bestellung',
    scanReceive: 'Eingang scannen',
    scanCount: 'Regal zählen, mit dem Scanner',
    scanMove: 'Umlagern, mit dem Scanner',
    adjust: 'Bestand korrigieren',
    transfer: 'Bestand umlagern',
    reserve: 'Bestand reservieren',
    theme: 'Zwischen hell und dunkel wechseln',
    language: 'Show in English',
    shortcuts: 'Tastenkürzel zeigen',
    scanner: 'Scanner einstellen',
  },
})

interface Action {
  text: PlainKey<typeof actionTexts.en>
  icon: ComponentType<{ size?: number; stroke?: number }>
  run: () => void
  /** What somebody has to be allowed to see it. */
  permission?: string
}

/** What the command palette can do, besides leading to pages. */
export function useActions(): readonly Action[] {
  const navigate = useNavigate()
  const { toggleColorScheme } = useMantineColorScheme()
  const go = (to: string, search: object = {}) => {
    return () => void navigate({ to, search: search as never })
  }
  return [
    { text: 'newProduct', icon: IconPlus, run: go('/products', { new: true }), permission: 'products.write' },
    { text: 'newOrder', icon: IconFilePlus, run: go('/purchase-orders/new'), permission: 'purchasing.write' },
    {
      text: 'scanReceive',
      icon: IconBarcode,
      run: go('/scan', { mode: 'receive' }),
      permission: 'stock.move',
    },
    {
      text: 'scanCount',
      icon: IconClipboardCheck,
      run: go('/scan', { mode: 'count' }),
      permission: 'stock.move',
    },
    {
      text: 'scanMove',
      icon: IconPackageImport,
      run: go('/scan', { mode: 'move' }),
      permission: 'stock.move',
    },
    { text: 'adjust', icon: IconAdjustments, run: go('/stock'), permission: 'stock.move' },
    {
      text: 'transfer',
      icon: IconArrowsExchange,
      run: go('/stock', { work: 'transfer' }),
      permission: 'stock.move',
    },
    { text: 'reserve', icon: IconLock, run: go('/stock', { work: 'reserve' }), permission: 'stock.reserve' },
    { text: 'theme', icon: IconSun, run: toggleColorScheme },
    {
      text: 'language',
      icon: IconLanguage,
      run: () => languageStore.set(languageStore.get() === 'de' ? 'en' : 'de'),
    },
    { text: 'shortcuts', icon: IconKeyboard, run: openShortcuts },
    { text: 'scanner', icon: IconBarcode, run: openScannerSettings },
  ]
}
