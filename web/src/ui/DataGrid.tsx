import { Checkbox, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import {
  type ColumnDef,
  columnVisibilityFeature,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTexts } from '~/i18n/catalogue'
import classes from './DataGrid.module.css'
import { uiTexts } from './texts'

/** A column of a grid. */
export interface GridColumn<Row> {
  id: string
  title: string
  /** A width of CSS grid: `minmax(12rem, 2fr)`, `7rem`. */
  width: string
  cell: (row: Row) => ReactNode
  /** Figures stand at the right. */
  align?: 'right'
  /** The smallest screen it stands on: a phone has room for two or three columns, a tablet for five; a desk unless given. */
  from?: 'phone' | 'tablet'
  /** Whether people can order by it. */
  sortable?: boolean
}

interface DataGridProps<Row> {
  /** What the list is, for screen readers. */
  label: string
  rows: readonly Row[]
  rowId: (row: Row) => string
  columns: readonly GridColumn<Row>[]
  /** Columns that are not shown, by id. */
  hidden?: readonly string[]
  /** Enter on a row, or a click beside its controls. */
  onOpen?: (row: Row) => void
  /** Chosen rows, by id; without it nothing can be chosen. */
  selected?: ReadonlySet<string>
  onSelect?: (selected: ReadonlySet<string>) => void
  sort?: { column: string; descending: boolean } | undefined
  onSort?: (column: string) => void
  /** Called when the last rows come near: read more. */
  onEnd?: () => void
  /** Whether what is shown is about to be replaced. */
  stale?: boolean
  /** Below the last row. */
  footer?: ReactNode
  rowHeight?: number
}

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature })
/** So many rows before the end the next page is read. */
const ROWS_AHEAD = 40

/**
 * Rows of any number: only what is seen is drawn. Arrow keys go from row to row, Enter opens, Space chooses. The list has the
 * height of its container.
 */
export function DataGrid<Row extends object>(props: DataGridProps<Row>) {
  const { rows, rowId, columns, hidden = [], selected, onSelect, onEnd, rowHeight = 44 } = props
  const t = useTexts(uiTexts)
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false
  const tablet = useMediaQuery('(max-width: 75em)', undefined, { getInitialValueInEffect: false }) ?? false
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)

  const definitions = useMemo(
    (): ColumnDef<typeof features, Row>[] => columns.map(column => ({ id: column.id, header: column.title })),
    [columns],
  )
  const isShown = (column: GridColumn<Row>) => {
    if (phone) return column.from === 'phone'
    if (tablet) return column.from !== undefined && !hidden.includes(column.id)
    return !hidden.includes(column.id)
  }
  const visibility = Object.fromEntries(columns.map(column => [column.id, isShown(column)]))
  const selection: RowSelectionState = Object.fromEntries([...(selected ?? [])].map(id => [id, true]))
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    state: { columnVisibility: visibility, rowSelection: selection },
    enableRowSelection: selected !== undefined,
    onRowSelectionChange: change => {
      const next = typeof change === 'function' ? change(selection) : change
      onSelect?.(new Set(Object.keys(next).filter(id => next[id])))
    },
  })
  const shownIds = table
    .getVisibleLeafColumns()
    .map(({ id }) => id)
    .join(' ')
  const shown = useMemo(
    () => columns.filter(column => shownIds.split(' ').includes(column.id)),
    [columns, shownIds],
  )
  const tableRows = table.getRowModel().rows

  const virtual = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: index => tableRows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - ROWS_AHEAD) onEnd?.()
  }, [last, rows.length, onEnd])

  const template = [selected && '40px', ...shown.map(column => column.width)].filter(Boolean).join(' ')
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(tableRows.length - 1, index))
    setActive(next)
    virtual.scrollToIndex(next)
    // At once where the row is drawn: the next key may come before the next frame.
    const target = () => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)
    const drawn = target()
    if (drawn) drawn.focus()
    else requestAnimationFrame(() => target()?.focus())
  }
  const pressed = (event: KeyboardEvent<HTMLDivElement>, index: number) => {
    if (event.target !== event.currentTarget) return // keys in a field of the row are its own
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 15,
      PageUp: -15,
      Home: -index,
      End: Infinity,
    }
    const step = steps[event.key]
    const row = tableRows[index]
    if (step !== undefined) goTo(index + step)
    else if (event.key === 'Enter' && row) props.onOpen?.(row.original)
    else if (event.key === ' ' && row && selected) row.toggleSelected()
    else return
    event.preventDefault()
  }
  // Rows are drawn anew only where they have changed: what they call stays the same.
  const latest = useRef({ pressed, rows: tableRows, open: props.onOpen })
  latest.current = { pressed, rows: tableRows, open: props.onOpen }
  const onKeyDown = useCallback<RowProps<Row>['onKeyDown']>(
    (event, index) => latest.current.pressed(event, index),
    [],
  )
  const onToggle = useCallback((index: number) => latest.current.rows[index]?.toggleSelected(), [])
  const onOpen = useCallback((row: Row) => latest.current.open?.(row), [])

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={-1}
      aria-multiselectable={selected !== undefined || undefined}
      aria-busy={props.stale || undefined}
      style={{ '--grid-columns': template, '--grid-row': `${rowHeight}px` } as React.CSSProperties}
    >
      <div className={classes.head} role="row" tabIndex={-1}>
        {selected && (
          <div role="columnheader" className={classes.choice} tabIndex={-1}>
            <Checkbox
              size="xs"
              aria-label={t('chooseAll')}
              checked={rows.length > 0 && tableRows.every(row => row.getIsSelected())}
              indeterminate={selected.size > 0 && !tableRows.every(row => row.getIsSelected())}
              onChange={event =>
                onSelect?.(new Set(event.currentTarget.checked ? tableRows.map(row => row.id) : []))
              }
            />
          </div>
        )}
        {shown.map(column => (
          <HeadCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
        ))}
      </div>
      <div
        className={classes.rows}
        role="rowgroup"
        style={{ height: virtual.getTotalSize() }}
        data-stale={props.stale || undefined}
      >
        {items.map(item => {
          const row = tableRows[item.index]
          if (!row) return null
          return (
            <GridRow
              key={item.key}
              row={row.original}
              index={item.index}
              startPx={item.start}
              columns={shown}
              chosen={selected && row.getIsSelected()}
              active={item.index === active}
              onFocus={setActive}
              onKeyDown={onKeyDown}
              onToggle={onToggle}
              onOpen={onOpen}
            />
          )
        })}
      </div>
      {props.footer && <div className={classes.foot}>{props.footer}</div>}
    </div>
  )
}

interface RowProps<Row> {
  row: Row
  index: number
  startPx: number
  columns: readonly GridColumn<Row>[]
  /** Absent where nothing can be chosen. */
  chosen: boolean | undefined
  active: boolean
  onFocus: (index: number) => void
  onKeyDown: (event: KeyboardEvent<HTMLDivElement>, index: number) => void
  onToggle: (index: number) => void
  onOpen: (row: Row) => void
}

const GridRow = memo(function GridRow<Row>(props: RowProps<Row>) {
  const { row, index, startPx, columns, chosen, active, onFocus, onKeyDown, onToggle, onOpen } = props
  const t = useTexts(uiTexts)
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes.row}
      data-row={index}
      data-chosen={chosen || undefined}
      tabIndex={active ? 0 : -1}
      style={{ transform: `translateY(${startPx}px)` }}
      onFocus={() => onFocus(index)}
      onKeyDown={event => onKeyDown(event, index)}
      onClick={event => {
        if (!isControl(event.target)) onOpen(row)
      }}
    >
      {chosen !== undefined && (
        <div role="gridcell" className={classes.choice}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={t('chooseRow')}
            checked={chosen}
            onChange={() => onToggle(index)}
          />
        </div>
      )}
      {columns.map(column => (
        <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}) as <Row>(props: RowProps<Row>) => ReactNode

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: GridColumn<Row>
  sort: { column: string; descending: boolean } | undefined
  onSort: ((column: string) => void) | undefined
}) {
  const mine = sort?.column === column.id ? sort : undefined
  const order = mine && (mine.descending ? 'descending' : 'ascending')
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      data-align={column.align}
      aria-sort={order}
      tabIndex={-1}
    >
      {column.sortable && onSort ? (
        <UnstyledButton className={classes.sort} onClick={() => onSort(column.id)}>
          {column.title}
          {mine?.descending && <IconArrowDown size={13} aria-hidden />}
          {mine && !mine.descending && <IconArrowUp size={13} aria-hidden />}
        </UnstyledButton>
      ) : (
        column.title
      )}
    </div>
  )
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, [data-control]') !== null
}
