import type { StockMovement } from '~/api/schema.gen'
import { useFormat } from '~/i18n/format'

/** What came in less what went out, over all its lines. */
export function MovementChange({ movement }: { movement: StockMovement }) {
  const format = useFormat()
  const change = movement.lines.reduce((sum, line) => sum + line.quantity, 0)
  const rounded = Math.round(change * 1e6) / 1e6
  if (rounded === 0) return <span className="num">±0</span>
  return <span className={`num ${rounded > 0 ? 'good' : ''}`}>{format.change(rounded)}</span>
}
