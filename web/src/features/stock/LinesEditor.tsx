import { ActionIcon, NumberInput, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Product } from '~/api/schema.gen'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { MoneyInput } from '~/ui/MoneyInput'
import { useUnit } from '~/ui/units'
import { type Line, oneMore } from './lines'
import classes from './Stock.module.css'
import { stockTexts } from './texts'

interface LinesEditorProps {
  lines: readonly Line[]
  onLines: (lines: Line[]) => void
  /** Whether a cost can be given for each. */
  withCost?: boolean
  /** What is wrong with a line, by its place. */
  faults?: Readonly<Record<string, string>>
}

/** Products with quantities. What is picked or scanned is one more of it. */
export function LinesEditor({ lines, onLines, withCost = false, faults = {} }: LinesEditorProps) {
  const t = useTexts(stockTexts)
  const change = (line: Line, next: Partial<Line>) =>
    onLines(lines.map(one => (one === line ? { ...one, ...next } : one)))
  return (
    <Stack gap="xs">
      <ProductPicker label={t('addProduct')} onPick={product => onLines(oneMore(lines, product))} />
      {lines.length > 0 && (
        <ul className={classes.lines} aria-label={t('lines')}>
          {lines.map((line, index) => (
            <li key={line.key} className={classes.line}>
              <LineName product={line.product} fault={faultOf(faults, index)} />
              {withCost && (
                <MoneyInput
                  className={classes.cost}
                  aria-label={t('costOf', { name: line.product.name })}
                  placeholder={t('cost')}
                  value={line.cost}
                  onChange={cost => change(line, { cost })}
                />
              )}
              <NumberInput
                className={classes.quantity}
                aria-label={t('quantityOf', { name: line.product.name })}
                min={0}
                decimalScale={line.product.unit === 'each' ? 0 : 6}
                value={line.quantity}
                onChange={quantity => change(line, { quantity })}
                error={faultOf(faults, index) !== undefined}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('removeLine', { name: line.product.name })}
                onClick={() => onLines(lines.filter(one => one !== line))}
              >
                <IconTrash size={18} stroke={1.6} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  )
}

function LineName({ product, fault }: { product: Product; fault: string | undefined }) {
  const t = useTexts(stockTexts)
  const format = useFormat()
  const unit = useUnit()
  return (
    <div className={classes.lineName}>
      <Text
        component={Link}
        to={`/products/${product.id}`}
        fz="sm"
        fw={550}
        className={classes.lineTitle}
        title={product.name}
      >
        {product.name}
      </Text>
      {fault ? (
        <Text fz="xs" className="bad" role="alert">
          {fault}
        </Text>
      ) : (
        <Text fz="xs" c="dimmed">
          <span className="code">{product.sku}</span> ·{' '}
          {t('availableOf', { quantity: format.quantity(product.available) })} · {unit(product.unit)}
        </Text>
      )}
    </div>
  )
}

/** The fault of a line, whichever of its fields has it. */
function faultOf(faults: Readonly<Record<string, string>>, index: number): string | undefined {
  const key = Object.keys(faults).find(
    name => name === `lines.${index}` || name.startsWith(`lines.${index}.`),
  )
  return key === undefined ? undefined : faults[key]
}
