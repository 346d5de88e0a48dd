import { Autocomplete, Button, Group, NumberInput, Text } from '@mantine/core'
import { IconTag, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import type { PurchaseOrderLine } from '~/api/schema.gen'
import { sum } from '~/features/stock/lines'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import classes from './ReceivePage.module.css'
import {
  nameLot,
  nextLot,
  type Part,
  partsElsewhere,
  quantityHere,
  quantityOf,
  type Receiving,
  remove,
  type,
} from './receiving'
import { receivingTexts } from './receivingTexts'
import type { ChangeReceiving } from './useReceiving'

interface ReceiveLineProps {
  line: PurchaseOrderLine
  receiving: Receiving
  /** Lots of the product that are known. */
  lots: readonly string[]
  placeOf: (locationId: number | null) => string
  onChange: ChangeReceiving
}

/** A line of the order: what is open, how much comes here now, of which lot, and what of it goes elsewhere. */
export function ReceiveLine({ line, receiving, lots, placeOf, onChange }: ReceiveLineProps) {
  const t = useTexts(receivingTexts)
  const format = useFormat()
  const { id, name } = line
  const all = quantityOf(receiving, id)
  const over = sum(all, -line.open)
  const lot = receiving.lots[id]
  const asked = useRef(false)
  const withLot = lot !== undefined || lots.length > 0
  const parts = partsElsewhere(receiving, id)
  const textOf = (part: Part) => {
    const values = { quantity: format.quantity(part.quantity), place: placeOf(part.locationId) }
    return part.lot ? t('partLot', { ...values, lot: part.lot }) : t('part', values)
  }
  return (
    <li className={classes.line} data-state={over > 0 ? 'over' : over === 0 && all > 0 ? 'full' : undefined}>
      <div className={classes.name}>
        <Text fw={550} fz="sm">
          {name}
        </Text>
        <Group gap={4}>
          <Text span fz="xs" c="dimmed" className="code">
            {line.sku}
          </Text>
          {!withLot && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconTag size={13} stroke={1.7} aria-hidden />}
              aria-label={t('lotOf', { name })}
              onClick={() => {
                asked.current = true
                onChange(before => nextLot(before, id))
              }}
            >
              {t('lot')}
            </Button>
          )}
        </Group>
        {over > 0 && (
          <Text fz="xs" className="warn">
            {t('moreThanOpen', { quantity: format.quantity(over) })}
          </Text>
        )}
      </div>
      <div className={classes.open}>
        <Text fz="xs" c="dimmed">
          {t('stillOpen')}
        </Text>
        <b>{format.quantity(line.open)}</b>
      </div>
      <NumberInput
        aria-label={t('now', { name })}
        value={quantityHere(receiving, id)}
        min={0}
        decimalScale={6}
        size="md"
        className={classes.now}
        onChange={value => onChange(before => type(before, id, Number(value) || 0))}
      />
      {(withLot || parts.length > 0) && (
        <div className={classes.more}>
          {parts.map(part => (
            <Button
              key={`${part.locationId} ${part.lot}`}
              size="compact-xs"
              variant="light"
              color="gray"
              rightSection={<IconX size={12} stroke={2} aria-hidden />}
              aria-label={t('removePart', { part: textOf(part), name })}
              onClick={() => onChange(before => remove(before, part))}
            >
              {textOf(part)}
            </Button>
          ))}
          {withLot && (
            <>
              <Autocomplete
                aria-label={t('lotOf', { name })}
                placeholder={t('lot')}
                size="xs"
                className={classes.lot}
                data={[...lots]}
                data-lot-of={id}
                ref={field => {
                  if (asked.current) field?.focus()
                  asked.current = false
                }}
                maxLength={100}
                value={lot ?? ''}
                onChange={value => onChange(before => nameLot(before, id, value))}
              />
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={t('anotherLot', { name })}
                disabled={!lot || quantityHere(receiving, id) === 0}
                onClick={() => onChange(before => nextLot(before, id))}
              >
                {t('another')}
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  )
}
