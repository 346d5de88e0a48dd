import { ActionIcon, Button, NumberInput, Text } from '@mantine/core'
import { IconTag, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { Panel } from '~/ui/Panel'
import { LotDialog } from './LotDialog'
import classes from './Scan.module.css'
import { removeLine, type ScanLine, type ScanSession, setQuantity, totalsOf } from './session'
import { sessionStore } from './store'
import { scanTexts } from './texts'
import { nameOf } from './useScanning'

/** What was scanned, the latest first, with its totals. Quantities can be typed. */
export function LineList({ session }: { session: ScanSession }) {
  const t = useTexts(scanTexts)
  const [naming, setNaming] = useState<string | null>(null)
  const { units, products } = totalsOf(session.lines)
  const total = t('total', {
    count: units,
    products: t('productCount', { count: products }),
  })
  return (
    <Panel title={t('lines')} beside={session.lines.length > 0 && <b role="status">{total}</b>}>
      {session.lines.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('nothingYet')}
        </Text>
      ) : (
        <ul className={classes.lines} aria-label={t('lines')}>
          {session.lines.map(line => (
            <Line key={keyOf(line)} line={line} session={session} onLot={() => setNaming(keyOf(line))} />
          ))}
        </ul>
      )}
      <LotDialog
        line={session.lines.find(line => keyOf(line) === naming) ?? null}
        onClose={() => setNaming(null)}
      />
    </Panel>
  )
}

interface LineProps {
  line: ScanLine
  session: ScanSession
  onLot: () => void
}

function Line({ line, session, onLot }: LineProps) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const name = line.product?.name ?? line.code
  const places = [line.place, line.to].flatMap(place => (place ? nameOf(place) : [])).join(' → ')
  return (
    <li className={classes.line}>
      <div className={classes.lineName}>
        <Text fw={600} truncate>
          {name}
        </Text>
        <Text fz="xs" c="dimmed" truncate>
          <span className="code">{line.product?.sku ?? line.code}</span>
          {places && ` · ${places}`}
          {line.expected !== null && ` · ${t('expected', { quantity: format.quantity(line.expected) })}`}
        </Text>
        {line.product && (
          <Button
            size="compact-xs"
            variant={line.lot === null ? 'subtle' : 'light'}
            color="gray"
            leftSection={<IconTag size={13} stroke={1.7} aria-hidden />}
            aria-label={line.lot === null ? t('lotOf', { name }) : t('lotIs', { name, lot: line.lot })}
            onClick={onLot}
          >
            {line.lot ?? t('lot')}
          </Button>
        )}
      </div>
      <NumberInput
        className={classes.quantity}
        size="md"
        aria-label={t('quantityOf', { name })}
        min={0}
        decimalScale={line.product?.unit === 'each' ? 0 : 6}
        hideControls
        value={line.quantity}
        onChange={quantity =>
          quantity !== '' && sessionStore.set(setQuantity(session, line, Number(quantity)))
        }
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={44}
        aria-label={t('remove', { name })}
        onClick={() => sessionStore.set(removeLine(session, line))}
      >
        <IconTrash size={20} stroke={1.6} />
      </ActionIcon>
    </li>
  )
}

export function keyOf(line: ScanLine): string {
  return `${line.product?.id ?? line.code} ${line.lot} ${line.place?.warehouse} ${line.place?.locationId} ${line.to?.warehouse} ${line.to?.locationId}`
}
