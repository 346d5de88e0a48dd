import { Button, Text } from '@mantine/core'
import type { Reservation } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { OpenLinesList, useOpenLines } from '~/features/stock/OpenLines'
import { StockForm } from '~/features/stock/StockForm'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { notifyDone } from '~/ui/problems'
import { ScanFeedback } from '~/ui/ScanFeedback'
import { useFulfilReservation } from './api'
import { reservationTexts } from './texts'

/** What goes out of a reservation now: by scanning, by typing, or all of it. */
export function FulfilForm({ reservation }: { reservation: Reservation }) {
  const t = useTexts(reservationTexts)
  const format = useFormat()
  const fulfil = useFulfilReservation()
  const open = reservation.lines
    .filter(line => line.open > 0)
    .map(({ line, product_id, sku, open }) => ({ line, product_id, sku, name: sku, open }))
  const counting = useOpenLines(open, {
    unknown: code => t('scanUnknown', { code }),
    full: ({ sku }) => t('scanFull', { sku }),
  })
  const lines = counting.taken
  const send = () => {
    const quantity = format.quantity(sum(...lines.map(line => line.quantity)))
    return fulfil.mutateAsync({ id: reservation.id ?? 0, lines }).then(
      done => {
        notifyDone(t('fulfilledDone', { number: done.number ?? '', quantity }))
        counting.clear()
      },
      () => {}, // it is shown above the lines
    )
  }
  return (
    <StockForm
      fault={fulfil.error}
      missing={lines.length === 0 ? t('fulfilNothing') : undefined}
      loading={fulfil.isPending}
      submitText={t('fulfil')}
      onSubmit={() => void send()}
      beside={
        <>
          {counting.undo && (
            <Button variant="default" onClick={counting.undo}>
              {t('undoScan')}
            </Button>
          )}
          <Button variant="default" onClick={counting.all}>
            {t('fulfilAll')}
          </Button>
        </>
      }
    >
      <Text fz="sm" c="dimmed">
        {t('fulfilHint')}
      </Text>
      {counting.result && <ScanFeedback result={counting.result} />}
      <OpenLinesList
        label={t('fulfil')}
        lines={open}
        counting={counting}
        nowOf={({ sku }) => t('nowOf', { sku })}
        below={line => `${t('open')}: ${format.quantity(line.open)}`}
      />
    </StockForm>
  )
}
