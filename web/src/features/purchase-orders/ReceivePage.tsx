import { Alert, Button, Group, NumberInput, Text, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconChecks } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { isMissing } from '~/api/problem'
import type { PurchaseOrder } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { productByCode } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { PageHeader } from '~/ui/PageHeader'
import { notifyDone, notifyProblem, problemText } from '~/ui/problems'
import { QueryView } from '~/ui/QueryView'
import { ScanFeedback, type ScanResult } from '~/ui/ScanFeedback'
import { useOrder, useReceiveOrder } from './api'
import classes from './ReceivePage.module.css'
import { everything, lineFor, NOTHING, quantityOf, receiptOf, scan, total, type, undo } from './receiving'
import { orderTexts } from './texts'

const route = getRouteApi('/shell/purchase-orders/$orderId/receive')

export function ReceivePage() {
  const query = useOrder(Number(route.useParams().orderId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{order => <Receive key={order.id} order={order} />}</QueryView>
}

/** Receiving against an order: each scan counts one, and what is open is in sight. Nothing happens before it is posted. */
function Receive({ order }: { order: PurchaseOrder }) {
  const t = useTexts(orderTexts)
  const format = useFormat()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const receive = useReceiveOrder(order.id)
  const [receiving, setReceiving] = useState(NOTHING)
  const [result, setResult] = useState<ScanResult | null>(null)
  const [note, setNote] = useState('')
  const [fault, setFault] = useState<string | null>(null)

  useScanner(async code => {
    const ordered = order.lines.find(line => line.sku.toLowerCase() === code.toLowerCase())
    const productId =
      ordered?.product_id ?? (await queryClient.fetchQuery(productByCode(code)).catch(notifyProblem))?.id
    setReceiving(before => {
      const line = productId ? lineFor(order, before, productId) : null
      if (!line) {
        play('refused')
        setResult({ tone: 'bad', title: t('notInOrder', { code }) })
        return before
      }
      const after = scan(before, line)
      const count = quantityOf(after, line)
      const over = count > line.open
      play(over ? 'warning' : 'done')
      setResult({
        tone: over ? 'warn' : 'good',
        title: t('lastScan', { name: line.name, count, open: line.open }),
        ...(over && { text: t('moreThanOpen') }),
      })
      return after
    })
  })

  const post = async () => {
    setFault(null)
    try {
      const receipt = await receive.mutateAsync(receiptOf(receiving, note))
      play('done')
      notifyDone(t('posted', { number: receipt.number }))
      await navigate({ to: '/purchase-orders/$orderId', params: { orderId: String(order.id) } })
    } catch (error) {
      play('refused')
      setFault(problemText(error))
    }
  }
  const lastLine = order.lines.find(line => line.id === receiving.scans.at(-1))
  const count = total(receiving)
  return (
    <>
      <PageHeader
        title={t('receiveTitle', { number: order.number })}
        above={[
          { to: '/purchase-orders', title: t('title') },
          { to: `/purchase-orders/${order.id}`, title: order.number },
        ]}
        description={`${order.supplier.name} · ${order.warehouse} · ${t('receiveHint')}`}
        actions={
          <Button
            variant="default"
            leftSection={<IconChecks size={16} stroke={1.7} />}
            onClick={() => setReceiving(everything(order))}
          >
            {t('all')}
          </Button>
        }
      />
      <ScanFeedback result={result} />
      {fault && (
        <Alert color="red" role="alert" mb="sm">
          {fault}
        </Alert>
      )}
      <ul className={classes.lines}>
        {order.lines.map(line => {
          const now = quantityOf(receiving, line)
          return (
            <li
              key={line.id}
              className={classes.line}
              data-state={now > line.open ? 'over' : now === line.open && now > 0 ? 'full' : undefined}
            >
              <div className={classes.name}>
                <Text fw={550} fz="sm">
                  {line.name}
                </Text>
                <Text fz="xs" c="dimmed" className="code">
                  {line.sku}
                </Text>
              </div>
              <div className={classes.open}>
                <Text fz="xs" c="dimmed">
                  {t('stillOpen')}
                </Text>
                <b>{format.quantity(line.open)}</b>
              </div>
              <NumberInput
                aria-label={`${t('now')}: ${line.name}`}
                value={now}
                min={0}
                decimalScale={6}
                size="md"
                w={118}
                onChange={value => setReceiving(before => type(before, line.id, Number(value) || 0))}
              />
            </li>
          )
        })}
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
        <Group gap="xs" wrap="nowrap">
          <Button
            size="md"
            variant="default"
            disabled={!lastLine}
            leftSection={<IconArrowBackUp size={18} stroke={1.7} />}
            onClick={() => setReceiving(undo)}
          >
            {t('undo', { sku: lastLine?.sku ?? '' })}
          </Button>
          <ActionButton
            size="md"
            loading={receive.isPending}
            disabledReason={count > 0 ? undefined : t('nothingYet')}
            onClick={() => void post()}
          >
            {t('post', { count })}
          </ActionButton>
        </Group>
      </div>
    </>
  )
}
