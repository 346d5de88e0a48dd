import { Group, NumberInput, SegmentedControl, Select, SimpleGrid } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Location, Product } from '~/api/schema.gen'
import { productByCode, useWarehouses } from '~/features/products/api'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useTexts } from '~/i18n/catalogue'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { stored, useStored } from '~/stored'
import { PageHeader } from '~/ui/PageHeader'
import { problemText } from '~/ui/problems'
import { ScanFeedback, type ScanResult } from '~/ui/ScanFeedback'
import { locationsQuery, scanQueue, useLocations } from './api'
import { CountPanel, useCount } from './CountPanel'
import { ScanLog } from './ScanLog'
import { MODES, type Mode, postFor } from './station'
import { scanTexts } from './texts'

const route = getRouteApi('/shell/scan')
/** The warehouse somebody worked in last. */
const lastWarehouse = stored<string | null>('stockbook-warehouse', null, value =>
  typeof value === 'string' ? value : undefined,
)

/** Continuous scanning: a location, then products, one scan after the other, with nothing to click between. */
export function StationPage() {
  const t = useTexts(scanTexts)
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/scan' })
  const queryClient = useQueryClient()
  const mode = search.mode ?? 'receive'
  const warehouses = useWarehouses().data ?? []
  const remembered = useStored(lastWarehouse)
  const warehouse = search.warehouse ?? remembered ?? warehouses[0]?.code ?? null
  const locations = useLocations(warehouse).data ?? []
  const [from, setFrom] = useState<number | null>(null)
  const [to, setTo] = useState<number | null>(null)
  const [quantity, setQuantity] = useState(1)
  const [result, setResult] = useState<ScanResult | null>(null)
  const find = (id: number | null) => locations.find(location => location.id === id) ?? null
  const standard = locations.find(location => location.is_default) ?? null
  const count = useCount(find(from) ?? standard, setResult)

  const take = (product: Product) => {
    if (mode === 'count') return void count.add(product)
    if (warehouse === null) return
    const start = find(from) ?? (mode === 'move' ? standard : null)
    const post = postFor(mode, product, quantity, { warehouse, from: start, to: find(to) })
    if (!post) {
      play('refused')
      return setResult({ tone: 'bad', title: t('chooseTo') })
    }
    const change = mode === 'issue' ? -quantity : quantity
    scanQueue.add({ key: crypto.randomUUID(), label: product.name, change, post })
  }
  const arriveAt = (location: Location) => {
    if (mode === 'move') setTo(location.id)
    else setFrom(location.id)
    play('done')
    setResult({ tone: 'good', title: t('locationSet', { code: location.code }) })
  }
  useScanner(async code => {
    try {
      // Whoever scans at once does not have to wait for the page to know the locations.
      const known = warehouse ? await queryClient.ensureQueryData(locationsQuery(warehouse)) : []
      const location = known.find(one => one.code.toLowerCase() === code.toLowerCase())
      if (location) return arriveAt(location)
      const product = await queryClient.fetchQuery({ ...productByCode(code), staleTime: 60_000 })
      if (product) return take(product)
      play('refused')
      setResult({ tone: 'bad', title: t('unknown', { code }), text: t('unknownHint') })
    } catch (error) {
      play('refused')
      setResult({ tone: 'bad', title: code, text: problemText(error) })
    }
  })
  useEnds(setResult)

  const change = (next: { mode?: Mode; warehouse?: string }) =>
    void navigate({ search: before => ({ ...before, ...next }), replace: true })
  const places = locations.map(location => ({ value: String(location.id), label: location.code }))
  return (
    <>
      <PageHeader title={t('title')} description={t(`hint_${mode}`)} />
      <SegmentedControl
        fullWidth
        size="md"
        mb="sm"
        aria-label={t('mode')}
        value={mode}
        onChange={next => change({ mode: next as Mode })}
        data={MODES.map(one => ({ value: one, label: t(one) }))}
      />
      <ScanFeedback result={result} />
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" mb="sm">
        <Select
          label={t('warehouse')}
          data={warehouses.map(one => ({ value: one.code, label: one.code }))}
          value={warehouse}
          allowDeselect={false}
          onChange={code => {
            if (!code) return
            lastWarehouse.set(code)
            setFrom(null)
            setTo(null)
            change({ warehouse: code })
          }}
        />
        <Select
          label={mode === 'move' ? t('from') : t('location')}
          placeholder={standard?.code ?? t('standard')}
          data={places}
          value={from === null ? null : String(from)}
          onChange={id => setFrom(id ? Number(id) : null)}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('standard') }}
        />
        {mode === 'move' && (
          <Select
            label={t('to')}
            data={places}
            value={to === null ? null : String(to)}
            onChange={id => setTo(id ? Number(id) : null)}
            searchable
          />
        )}
        {mode !== 'count' && (
          <NumberInput
            label={t('quantity')}
            value={quantity}
            min={0.000001}
            decimalScale={6}
            onChange={value => setQuantity(Number(value) || 1)}
          />
        )}
        <ProductPicker label={t('typed')} onPick={take} />
      </SimpleGrid>
      <Group align="flex-start" grow>
        {mode === 'count' ? <CountPanel count={count} /> : <ScanLog onUndone={setResult} />}
      </Group>
    </>
  )
}

/** Says how each scan ended, by sound and in large. */
function useEnds(onResult: (result: ScanResult) => void): void {
  useEffect(() => {
    void scanQueue.run() // what waited over a reload
    return scanQueue.onEnd(scan => {
      const ok = scan.state === 'done'
      play(ok ? 'done' : 'refused')
      onResult({
        tone: ok ? 'good' : 'bad',
        title: `${scan.change > 0 ? '+' : '−'}${Math.abs(scan.change)} ${scan.label}`,
        ...(scan.fault && { text: scan.fault }),
      })
    })
  }, [onResult])
}
