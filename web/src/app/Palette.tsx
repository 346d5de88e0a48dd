import { Group, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconFileInvoice, IconPackage, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, data } from '~/api/client'
import { keys } from '~/api/keys'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { NAVIGATION, navigationTexts } from './navigation'
import { useCan } from './session'
import { useShortcuts } from './shortcuts'
import { appTexts } from './texts'

const [store, spotlight] = createSpotlight()
const HITS = 7

export function openPalette(): void {
  spotlight.open()
}

function usePaletteProducts(query: string) {
  return useQuery({
    queryKey: keys.productList({ q: query, limit: HITS }),
    queryFn: ({ signal }) =>
      data(api.GET('/products', { params: { query: { q: query, limit: HITS } }, signal })),
    enabled: query !== '',
    placeholderData: keepPreviousData,
  })
}

/** The latest orders, to be found by their number or supplier. */
function usePaletteOrders(query: string) {
  const orders = useQuery({
    queryKey: keys.purchaseOrders({ limit: 200 }),
    queryFn: ({ signal }) => data(api.GET('/purchase-orders', { params: { query: { limit: 200 } }, signal })),
    enabled: query !== '',
  })
  const words = query.toLowerCase()
  const found = orders.data?.items.filter(order =>
    `${order.number} ${order.supplier.name}`.toLowerCase().includes(words),
  )
  return found?.slice(0, 5) ?? []
}

/** Ctrl-K: to any page, product or order by a few letters. */
export function Palette() {
  const t = useTexts(appTexts)
  const page = useTexts(navigationTexts)
  const format = useFormat()
  const can = useCan()
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const [asked] = useDebouncedValue(query.trim(), 60)
  const products = usePaletteProducts(asked)
  const orders = usePaletteOrders(asked)
  useShortcuts([
    { keys: 'mod+k', label: t('search'), run: openPalette },
    { keys: '/', label: t('search'), run: openPalette },
  ])

  const pages = NAVIGATION.flat().filter(
    entry =>
      (!entry.permission || can(entry.permission)) &&
      page(entry.text).toLowerCase().includes(query.trim().toLowerCase()),
  )
  const hits = asked === '' ? [] : (products.data?.items ?? [])
  const empty = pages.length + hits.length + orders.length === 0
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      scrollable
      maxHeight="60vh"
    >
      <Spotlight.Search
        placeholder={t('searchAll')}
        aria-label={t('search')}
        leftSection={<IconSearch size={18} stroke={1.7} />}
      />
      <Spotlight.ActionsList>
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label={t('searchProducts')}>
            {hits.map(product => (
              <Spotlight.Action
                key={product.id}
                onClick={() =>
                  void navigate({ to: '/products/$productId', params: { productId: String(product.id) } })
                }
              >
                <Group wrap="nowrap" w="100%" gap="sm">
                  <IconPackage size={18} stroke={1.6} aria-hidden />
                  <div style={{ flex: 1, minWidth: 0 }}>
                    <Text fz="sm" truncate>
                      {product.name}
                    </Text>
                    <Text fz="xs" c="dimmed" className="code">
                      {product.sku}
                    </Text>
                  </div>
                  <Text fz="sm" className="num">
                    {format.quantity(product.available)} {product.unit}
                  </Text>
                </Group>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {orders.length > 0 && (
          <Spotlight.ActionsGroup label={t('searchOrders')}>
            {orders.map(order => (
              <Spotlight.Action
                key={order.id}
                onClick={() => void navigate({ to: `/purchase-orders/${order.id}` as string })}
              >
                <Group wrap="nowrap" w="100%" gap="sm">
                  <IconFileInvoice size={18} stroke={1.6} aria-hidden />
                  <Text fz="sm" style={{ flex: 1 }} truncate>
                    {order.number} · {order.supplier.name}
                  </Text>
                  <Text fz="sm" className="num">
                    {format.money(order.total, order.currency)}
                  </Text>
                </Group>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label={t('searchPages')}>
            {pages.map(entry => (
              <Spotlight.Action
                key={entry.to}
                label={page(entry.text)}
                leftSection={<entry.icon size={18} stroke={1.6} />}
                onClick={() => void navigate({ to: entry.to })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {empty && (
          <Spotlight.Empty>
            {asked === ''
              ? t('searchHint')
              : products.isFetching
                ? t('searching')
                : t('nothingFound', { query: asked })}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
