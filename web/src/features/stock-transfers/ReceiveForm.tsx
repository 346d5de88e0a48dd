import { Button, Checkbox, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { StockTransfer } from '~/api/schema.gen'
import { OpenLinesList, useOpenLines } from '~/features/stock/OpenLines'
import { StockForm } from '~/features/stock/StockForm'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { notifyDone } from '~/ui/problems'
import { ScanFeedback } from '~/ui/ScanFeedback'
import { useReceiveTransfer } from './api'
import { transferTexts } from './texts'

/** What has arrived of a transfer: by scanning, by typing, or all of it; what is lost can be written off at once. */
export function ReceiveForm({ transfer }: { transfer: StockTransfer }) {
  const t = useTexts(transferTexts)
  const format = useFormat()
  const receive = useReceiveTransfer()
  const open = transfer.lines
    .filter(line => line.in_transit > 0)
    .map(({ line, product_id, sku, name, in_transit }) => ({ line, product_id, sku, name, open: in_transit }))
  const [closing, setClosing] = useState(false)
  const [reason, setReason] = useState('')
  const counting = useOpenLines(open, {
    unknown: code => t('scanUnknown', { code }),
    full: ({ name }) => t('scanFull', { name }),
  })
  const lines = counting.taken
  const missing =
    closing && reason.trim() === ''
      ? t('closeHint')
      : lines.length === 0 && !closing
        ? t('nothing')
        : undefined
  const send = () =>
    receive
      .mutateAsync({ id: transfer.id, receipt: { lines, ...(closing && { close: reason.trim() }) } })
      .then(
        done => {
          notifyDone(t('receivedDone', { number: done.number }))
          counting.clear()
          setClosing(false)
          setReason('')
        },
        () => {}, // it is shown above the lines
      )
  return (
    <StockForm
      fault={receive.error}
      missing={missing}
      loading={receive.isPending}
      submitText={t('receive')}
      onSubmit={() => void send()}
      beside={
        <>
          {counting.undo && (
            <Button variant="default" onClick={counting.undo}>
              {t('undoScan')}
            </Button>
          )}
          <Button variant="default" onClick={counting.all}>
            {t('receiveAll')}
          </Button>
        </>
      }
    >
      <Text fz="sm" c="dimmed">
        {t('receiveHint')}
      </Text>
      {counting.result && <ScanFeedback result={counting.result} />}
      <OpenLinesList
        label={t('receive')}
        lines={open}
        counting={counting}
        nowOf={({ name }) => t('nowOf', { name })}
        below={line => (
          <>
            <span className="code">{line.sku}</span> · {t('transit')}: {format.quantity(line.open)}
          </>
        )}
      />
      <Group gap="sm" align="center">
        <Checkbox
          label={t('close')}
          checked={closing}
          onChange={event => setClosing(event.currentTarget.checked)}
        />
        {closing && (
          <TextInput
            aria-label={t('closeHint')}
            placeholder={t('closeHint')}
            value={reason}
            onChange={event => setReason(event.currentTarget.value)}
            style={{ flex: 1, minWidth: 200 }}
          />
        )}
      </Group>
    </StockForm>
  )
}
