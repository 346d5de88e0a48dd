import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import type { NewStockTransfer, Product, StockTransfer } from '~/api/schema.gen'
import { useTransferStep } from '~/features/stock-transfers/api'
import { useTexts } from '~/i18n/catalogue'
import { play } from '~/scanner/sound'
import { notifyDone, notifyRefused, problemText } from '~/ui/problems'
import { useLeadOn } from '~/ui/useLeadOn'
import { useCreateTransfer } from './api'
import { LinesEditor } from './LinesEditor'
import { areComplete, type Line, NOWHERE, oneMore, type Place, placeBody } from './lines'
import { PlacePicker } from './PlacePicker'
import { lineFaults } from './preview'
import { useStockScan } from './resolve'
import { StockForm } from './StockForm'
import { TransferPreview } from './TransferPreview'
import { stockTexts } from './texts'

type Travel = 'immediate' | 'ship' | 'draft'

/** Move stock: at once, as in a put-away, or on the road between two warehouses. */
export function TransferForm({ initial }: { initial: Product | null }) {
  const t = useTexts(stockTexts)
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const leadOn = useLeadOn()
  const create = useCreateTransfer()
  const step = useTransferStep()
  const [{ from, to }, setPlaces] = useState<{ from: Place; to: Place }>({ from: NOWHERE, to: NOWHERE })
  const [travel, setTravel] = useState<Travel>('immediate')
  const [lines, setLines] = useState<Line[]>(() => (initial ? oneMore([], initial) : []))
  const [reference, setReference] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const same =
    from.warehouse === to.warehouse && (from.locationId === null || from.locationId === to.locationId)
  useStockScan({
    warehouse: from.warehouse,
    onProduct: product => setLines(before => oneMore(before, product)),
    // The first label that is scanned is where it leaves, the next one where it arrives.
    onLocation: location => {
      const place = { warehouse: location.warehouse, locationId: location.id }
      setPlaces(before =>
        before.from.locationId === null ? { ...before, from: place } : { ...before, to: place },
      )
    },
  })
  const missing = same
    ? t('samePlace')
    : lines.length === 0
      ? t('noLines')
      : areComplete(lines)
        ? undefined
        : t('noQuantity')
  /** Whether it was shipped. The draft is there in any case, and what is to be done with it is done there. */
  const ship = async ({ id, number }: StockTransfer): Promise<boolean> => {
    try {
      await step.mutateAsync({ id, step: 'ship' })
      return true
    } catch (error) {
      play('refused')
      notifyRefused(t('notShipped', { number }), problemText(error))
      return false
    }
  }
  const send = async () => {
    setFault(null)
    setSending(true)
    const body: NewStockTransfer = {
      from: placeBody(from),
      to: placeBody(to),
      lines: lines.map(line => ({ product_id: line.product.id, quantity: Number(line.quantity) })),
      immediate: travel === 'immediate',
      ...(reference.trim() && { reference: reference.trim() }),
    }
    try {
      const made = await create.mutateAsync(body)
      if (travel !== 'ship' || (await ship(made))) {
        play('done')
        notifyDone(t('transferDone', { number: made.number }))
      }
      if (travel === 'immediate') setLines([])
      else {
        await leadOn({ to: '/stock-transfers/$transferId', params: { transferId: String(made.id) } })
      }
    } catch (error) {
      play('refused')
      setFault(error)
    } finally {
      setSending(false)
    }
  }
  return (
    <StockForm
      fault={fault}
      missing={missing}
      loading={sending}
      submitText={t('transfer')}
      onSubmit={() => void send()}
    >
      <PlacePicker
        label={t('from')}
        place={from}
        onPlace={place => setPlaces(before => ({ ...before, from: place }))}
      />
      <PlacePicker
        label={t('to')}
        place={to}
        onPlace={place => setPlaces(before => ({ ...before, to: place }))}
      />
      <LinesEditor lines={lines} onLines={setLines} faults={lineFaults(fault)} />
      <Stack gap={4}>
        <Text fz="sm" fw={500} id="transfer-travel">
          {t('whenArrives')}
        </Text>
        <SegmentedControl
          aria-labelledby="transfer-travel"
          orientation={phone ? 'vertical' : 'horizontal'}
          fullWidth
          data={(['immediate', 'ship', 'draft'] as const).map(one => ({ value: one, label: t(one) }))}
          value={travel}
          onChange={value => setTravel(value as Travel)}
        />
      </Stack>
      <TextInput
        label={t('reference')}
        placeholder={t('referenceHint')}
        value={reference}
        onChange={event => setReference(event.currentTarget.value)}
      />
      {!same && <TransferPreview lines={lines} from={from} to={to} travel={travel} />}
    </StockForm>
  )
}
