import { Anchor, Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMovements } from '~/features/stock-movements/api'
import { MovementChange } from '~/features/stock-movements/MovementChange'
import { movementPageTexts } from '~/features/stock-movements/texts'
import { UndoButton } from '~/features/stock-movements/UndoButton'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { movementTexts } from '~/ui/movements'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import classes from './Stock.module.css'

const SHOWN = 8
const EVERYTHING = {}

/** What was done last, each with its way back. */
export function RecentMovements({ empty }: { empty: ReactNode }) {
  const t = useTexts(movementPageTexts)
  const kind = useTexts(movementTexts)
  const format = useFormat()
  const list = useMovements(EVERYTHING, SHOWN)
  if (list.isError && list.data === undefined) {
    return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
  }
  if (list.isPending) return <RowsSkeleton rows={SHOWN} height={34} />
  const rows = list.data.pages[0]?.items ?? []
  if (rows.length === 0) return empty
  return (
    <ul className={classes.movements}>
      {rows.map(one => (
        <li key={one.id} className={classes.movement}>
          <div className={classes.movementMain}>
            <Anchor component={Link} to={`/stock-movements/${one.id}`} fz="sm" fw={550}>
              {kind(one.kind)}
            </Anchor>{' '}
            <span className="code">{one.lines[0]?.sku}</span>
            {one.lines.length > 1 && ` ${t('andMore', { count: one.lines.length - 1 })}`}
            <div className={classes.movementBelow}>
              {one.actor} · {format.relative(one.recorded_at)}
              {one.reason && ` · ${one.reason}`}
            </div>
          </div>
          <MovementChange movement={one} />
          {one.reversed_by_movement_id === null ? (
            <UndoButton movement={one} />
          ) : (
            <Badge color="gray">{t('undone')}</Badge>
          )}
        </li>
      ))}
    </ul>
  )
}
