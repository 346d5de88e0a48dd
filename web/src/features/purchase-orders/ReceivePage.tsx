import { Alert, Button, Group, Select, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconCamera, IconCameraOff, IconChecks } from '@tabler/icons-react'
import { useIsMutating, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { Location, PurchaseOrder } from '~/api/schema.gen'
import { useWriting } from '~/api/write'
import { NotFoundPage } from '~/app/errors'
import { productByCode } from '~/features/products/api'
import { CameraView } from '~/features/scan/CameraView'
import { useLocations } from '~/features/stock/api'
import { sum } from '~/features/stock/lines'
import { locationByCode } from '~/features/stock/resolve'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { scanned, useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { orderStatusTexts } from '~/ui/orderStatus'
import { PageHeader } from '~/ui/PageHeader'
import { notifyDone, problemText } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { ScanFeedback, type ScanResult } from '~/ui/ScanFeedback'
import { uiTexts } from '~/ui/texts'
import { useLeadOn } from '~/ui/useLeadOn'
import { useLots, useOrder, useReceiveOrder } from './api'
import { ReceiveFault } from './ReceiveFault'
import { ReceiveLine } from './ReceiveLine'
import classes from './ReceivePage.module.css'
import {
  everything,
  lineFor,
  NOTHING,
  nameLot,
  quantityOf,
  type Receiving,
  receiptOf,
  scan,
  total,
  undo,
} from './receiving'
import { receivingTexts } from './receivingTexts'
import { canReceive } from './search'
import { orderTexts } from './texts'
import { type ChangeReceiving, useReceiving } from './useReceiving'

const route = getRouteApi('/shell/purchase-orders/$orderId/receive')

export function ReceivePage() {
  const query = useOrder(Number(route.useParams().orderId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{order => <Receive key={order.id} order={order} />}</QueryView>
}

/** Receiving against an order: each scan counts one, and what is open is in sight. Nothing happens before it is posted. */
function Receive({ order }: { order: PurchaseOrder }) {
  const t = useTexts(receivingTexts)
  const list = useTexts(orderTexts)
  const status = useTexts(orderStatusTexts)
  const leadOn = useLeadOn()
  const posting = useIsMutating() > 0
  const receive = useReceiveOrder(order.id)
  const locations = useLocations(null).data ?? []
  const lots = useLots(order.lines.map(line => line.product_id))
  const { receiving, change, wasKept } = useReceiving(order.id)
  const [toldKept, setToldKept] = useState(wasKept)
  const [note, setNote] = useState('')
  const [camera, setCamera] = useState(false)
  const result = useReceivingScans(order, locations, change)
  const here = locations.filter(one => one.warehouse === order.warehouse)
  const placeOf = (id: number | null) => here.find(one => one.id === id)?.code ?? t('partHere')

  const post = async () => {
    try {
      const receipt = await receive.mutateAsync(receiptOf(change(same), note))
      change(() => NOTHING)
      play('done')
      notifyDone(t('posted', { number: receipt.number }))
      await leadOn({ to: '/purchase-orders/$orderId', params: { orderId: String(order.id) } })
    } catch {
      play('refused') // it is shown above the lines
    }
  }
  const lastLine = order.lines.find(line => line.id === receiving.scans.at(-1)?.lineId)
  const count = total(receiving)
  const reason = canReceive(order.status)
    ? count > 0
      ? undefined
      : t('nothingYet')
    : t('closed', { status: status(order.status) })
  return (
    <>
      <PageHeader
        title={t('title', { number: order.number })}
        above={[
          { to: '/purchase-orders', title: list('title') },
          { to: `/purchase-orders/${order.id}`, title: order.number },
        ]}
        description={`${order.supplier.name} · ${order.warehouse} · ${t('hint')}`}
        actions={
          <>
            <Button
              variant="default"
              leftSection={
                camera ? (
                  <IconCameraOff size={16} stroke={1.7} aria-hidden />
                ) : (
                  <IconCamera size={16} stroke={1.7} aria-hidden />
                )
              }
              onClick={() => setCamera(!camera)}
            >
              {camera ? t('cameraOff') : t('camera')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconChecks size={16} stroke={1.7} aria-hidden />}
              onClick={() => change(before => everything(order, before))}
            >
              {t('all')}
            </Button>
          </>
        }
      />
      <ScanFeedback result={result} />
      {camera && <CameraView onCode={scanned} />}
      {toldKept && (
        <Alert color="blue" mb="sm" role="status" withCloseButton onClose={() => setToldKept(false)}>
          <Group gap="sm">
            {t('kept')}
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                change(() => NOTHING)
                setToldKept(false)
              }}
            >
              {t('keptDrop')}
            </Button>
          </Group>
        </Alert>
      )}
      {receive.isError && (
        <ReceiveFault
          error={receive.error}
          order={order}
          receiving={receiving}
          onChange={next => {
            receive.reset()
            return change(next)
          }}
        />
      )}
      <Select
        label={t('into')}
        placeholder={t('usualPlace')}
        data={here.map(one => ({ value: String(one.id), label: one.code }))}
        value={receiving.locationId === null ? null : String(receiving.locationId)}
        onChange={id => change(before => ({ ...before, locationId: id === null ? null : Number(id) }))}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('noPlace') }}
        mb="sm"
        maw={320}
      />
      <ul className={classes.lines} aria-label={list('lines', { count: order.lines.length })}>
        {order.lines.map(line => (
          <ReceiveLine
            key={line.id}
            line={line}
            receiving={receiving}
            lots={lots.get(line.product_id) ?? []}
            placeOf={placeOf}
            onChange={change}
          />
        ))}
      </ul>
      <div className={classes.foot}>
        <TextInput
          aria-label={t('note')}
          placeholder={t('note')}
          value={note}
          size="md"
          style={{ flex: '1 1 12rem' }}
          onChange={event => setNote(event.currentTarget.value)}
        />
        <Group gap="xs" className={classes.steps}>
          <Button
            size="md"
            variant="default"
            disabled={!lastLine}
            leftSection={<IconArrowBackUp size={18} stroke={1.7} aria-hidden />}
            onClick={() => change(undo)}
          >
            {lastLine ? t('undo', { sku: lastLine.sku }) : t('undoNothing')}
          </Button>
          <ActionButton
            size="md"
            loading={posting} // also from before this page was left
            disabledReason={reason}
            onClick={() => void post()}
          >
            {t('post', { count })}
          </ActionButton>
        </Group>
      </div>
    </>
  )
}

/**
 * What a scan means here: a location of the order's warehouse, a product of the order, or the lot that is asked for. While
 * something is being posted, nothing is counted: it would be gone with what was posted.
 */
function useReceivingScans(
  order: PurchaseOrder,
  locations: readonly Location[],
  change: ChangeReceiving,
): ScanResult | null {
  const t = useTexts(receivingTexts)
  const ui = useTexts(uiTexts)
  const format = useFormat()
  const queryClient = useQueryClient()
  const [result, setResult] = useState<ScanResult | null>(null)
  const tell = (sound: 'done' | 'warning' | 'refused', next: ScanResult) => {
    play(sound)
    setResult(next)
  }
  const writing = useWriting()
  const later = (code: string) => tell('warning', { tone: 'warn', title: code, text: ui('scanLater') })
  const onCode = async (code: string) => {
    if (writing()) return later(code)
    const asked = lotAsked(order)
    if (asked) {
      change(before => nameLot(before, asked.id, code))
      return tell('done', { tone: 'good', title: t('lotRead', { lot: code, name: asked.name }) })
    }
    const location = locationByCode(locations, code, order.warehouse)
    if (location && location.warehouse !== order.warehouse) {
      const text = { place: location.code, other: location.warehouse, warehouse: order.warehouse }
      return tell('refused', { tone: 'bad', title: t('elsewhere', text) })
    }
    if (location) {
      change(before => ({ ...before, locationId: location.id }))
      return tell('done', {
        tone: 'good',
        title: location.code,
        text: t('nowInto', { place: location.code }),
      })
    }
    const ordered = order.lines.find(line => line.sku.toLowerCase() === code.toLowerCase())
    const found = ordered ? null : await queryClient.fetchQuery(productByCode(code))
    if (writing()) return later(code)
    const productId = ordered?.product_id ?? found?.id ?? 0
    const line = lineFor(order, change(same), productId)
    if (!line) return tell('refused', { tone: 'bad', title: t('notInOrder', { code }) })
    const count = quantityOf(
      change(before => scan(before, line.id)),
      line.id,
    )
    const over = sum(count, -line.open)
    const title = t('lastScan', { name: line.name, count, open: line.open })
    if (over <= 0) return tell('done', { tone: 'good', title })
    tell('warning', { tone: 'warn', title, text: t('moreThanOpen', { quantity: format.quantity(over) }) })
  }
  useScanner(code =>
    onCode(code).catch(error => tell('refused', { tone: 'bad', title: code, text: problemText(error) })),
  )
  return result
}

function same(receiving: Receiving): Receiving {
  return receiving
}

/** The line whose field of the lot has the focus: then its lot is what is scanned. */
function lotAsked(order: PurchaseOrder): PurchaseOrder['lines'][number] | null {
  const field = document.activeElement
  const id = field instanceof HTMLElement ? Number(field.dataset.lotOf) : Number.NaN
  return order.lines.find(line => line.id === id) ?? null
}
