import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './DataTable.module.css'

/** A column of a table. */
export interface TableColumn<Row> {
  title: string
  /** In place of the title, such as a box that chooses all. */
  head?: ReactNode
  cell: (row: Row) => ReactNode
  /** Figures stand at the right. */
  align?: 'right'
  /** Only where there is room: from a tablet on, from a small desk on (`true`), or where the navigation leaves enough (`desk`). */
  wide?: true | 'tablet' | 'desk'
}

interface DataTableProps<Row> {
  /** What it is, for screen readers. */
  label: string
  columns: readonly TableColumn<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  /** A row that is not of the present, such as a price that was. */
  faded?: (row: Row) => boolean
}

/** A short table: tens of rows. For long lists there is `DataGrid`. */
export function DataTable<Row>({ label, columns, rows, rowKey, faded }: DataTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fieldset, and no landmark: the panel around it is one
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled has to be reached by the keyboard
    <div className={classes.scroll} role="group" aria-label={label} tabIndex={0}>
      <Table verticalSpacing={7} horizontalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(column => (
              <Table.Th key={column.title} data-align={column.align} data-wide={column.wide}>
                {column.head ?? column.title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <Table.Tr key={rowKey(row)} data-faded={faded?.(row) || undefined}>
              {columns.map(column => (
                <Table.Td key={column.title} data-align={column.align} data-wide={column.wide}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
