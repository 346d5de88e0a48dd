import { IconFileInvoice, IconPackage } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useUnit } from '~/ui/units'
import { actionTexts, useActions } from './actions'
import { ACCOUNT_PAGES, NAVIGATION, navigationTexts } from './navigation'
import { useCan, useMaySee } from './session'
import { appTexts } from './texts'

const PRODUCTS_MAX = 7
const ORDERS_MAX = 5

/** Something that the palette leads to, or does. */
export interface Hit {
  /** Tells it from all other hits. */
  key: string
  run: () => void
  title: string
  below?: string
  right?: string
  icon: ComponentType<{ size?: number; stroke?: number }>
}

interface HitGroup {
  title: string
  hits: Hit[]
}

interface Found {
  groups: HitGroup[]
  searching: boolean
  /** Whether these are the products for these words, and not those for what was typed before. */
  settled: boolean
}

/** What is found for these words, in groups: products, orders, actions, pages. Without words all actions and pages. */
export function usePaletteHits(words: string): Found {
  const t = useTexts(appTexts)
  const products = useProductHits(words)
  const orders = useOrderHits(words)
  const actions = useActionHits(words)
  const pages = usePageHits(words)
  const groups = [
    { title: t('searchProducts'), hits: products.hits },
    { title: t('searchOrders'), hits: orders },
    { title: t('searchActions'), hits: actions },
    { title: t('searchPages'), hits: pages },
  ]
  const { searching, settled } = products
  return { groups: groups.filter(group => group.hits.length > 0), searching, settled }
}

function useProductHits(words: string): Omit<Found, 'groups'> & { hits: Hit[] } {
  const format = useFormat()
  const unit = useUnit()
  const navigate = useNavigate()
  const filter = { q: words, limit: PRODUCTS_MAX }
  const products = useQuery({
    queryKey: keys.productList(filter),
    queryFn: ({ signal }) => data(api.GET('/products', { params: { query: filter }, signal })),
    enabled: words !== '',
    placeholderData: keepPreviousData,
  })
  const found = words === '' ? [] : (products.data?.items ?? [])
  const hits = found.map(product => ({
    key: `product ${product.id}`,
    run: () => void navigate({ to: `/products/${product.id}` }),
    title: product.name,
    below: product.sku,
    right: `${format.quantity(product.available)} ${unit(product.unit)}`,
    icon: IconPackage,
  }))
  const settled = words === '' || !(products.isPending || products.isPlaceholderData)
  return { hits, searching: products.isFetching, settled }
}

/** The latest orders, by their number or supplier. */
function useOrderHits(words: string): Hit[] {
  const format = useFormat()
  const navigate = useNavigate()
  const filter = { limit: 200 }
  const mayRead = useCan()('purchasing.read')
  const orders = useQuery({
    queryKey: keys.purchaseOrders(filter),
    queryFn: ({ signal }) => data(api.GET('/purchase-orders', { params: { query: filter }, signal })),
    enabled: words !== '' && mayRead,
  })
  if (words === '') return []
  const found = orders.data?.items.filter(order =>
    `${order.number} ${order.supplier.name}`.toLowerCase().includes(words.toLowerCase()),
  )
  return (found ?? []).slice(0, ORDERS_MAX).map(order => ({
    key: `order ${order.id}`,
    run: () => void navigate({ to: `/purchase-orders/${order.id}` }),
    title: `${order.number} · ${order.supplier.name}`,
    right: format.money(order.total, order.currency),
    icon: IconFileInvoice,
  }))
}

function usePageHits(words: string): Hit[] {
  const page = useTexts(navigationTexts)
  const maySee = useMaySee()
  const navigate = useNavigate()
  return [...NAVIGATION.flat(), ...ACCOUNT_PAGES]
    .filter(maySee)
    .map(entry => ({
      key: `page ${entry.to}`,
      run: () => void navigate({ to: entry.to }),
      title: page(entry.text),
      icon: entry.icon,
    }))
    .filter(hit => isMeant(hit, words))
}

function useActionHits(words: string): Hit[] {
  const title = useTexts(actionTexts)
  const can = useCan()
  return useActions()
    .filter(({ permission }) => !permission || can(permission))
    .map(({ text, icon, run }) => ({ key: `action ${text}`, run, title: title(text), icon }))
    .filter(hit => isMeant(hit, words))
}

/** Whether the title has all of the words. */
function isMeant({ title }: Hit, words: string): boolean {
  const wanted = words.toLowerCase().split(' ')
  return wanted.every(word => title.toLowerCase().includes(word))
}
