import { Anchor, Stack, Text } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { isMissing } from '~/api/problem'
import type { GoodsReceipt, GoodsReceiptLine } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useMovement } from '~/features/stock-movements/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { Facts } from '~/ui/Facts'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useReceipt } from './api'
import { ReceiptBadge } from './ReceiptBadge'
import { receiptTexts } from './texts'
import { UndoReceipt } from './UndoReceipt'

const route = getRouteApi('/shell/goods-receipts/$receiptId')

export function ReceiptPage() {
  const query = useReceipt(Number(route.useParams().receiptId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{receipt => <ReceiptView receipt={receipt} />}</QueryView>
}

function ReceiptView({ receipt }: { receipt: GoodsReceipt }) {
  const t = useTexts(receiptTexts)
  const format = useFormat()
  const movement = (id: number) => (
    <Anchor key={id} component={Link} to={`/stock-movements/${id}`} fz="sm">
      #{id}
    </Anchor>
  )
  return (
    <>
      <PageHeader
        title={receipt.number}
        above={[{ to: '/goods-receipts', title: t('title') }]}
        beside={<ReceiptBadge receipt={receipt} />}
        actions={<UndoReceipt receipt={receipt} text={t('undo')} size="sm" />}
      />
      <Stack gap="sm">
        <Panel title={t('details')}>
          <Facts
            facts={[
              [
                t('supplier'),
                <Anchor key="supplier" component={Link} to={`/suppliers/${receipt.supplier.id}`} fz="sm">
                  {receipt.supplier.name}
                </Anchor>,
              ],
              [
                t('order'),
                <Anchor
                  key="order"
                  component={Link}
                  to={`/purchase-orders/${receipt.purchase_order_id}`}
                  fz="sm"
                >
                  {receipt.purchase_order}
                </Anchor>,
              ],
              [t('warehouse'), receipt.warehouse],
              [t('received'), format.dateTime(receipt.created_at)],
              [t('by'), receipt.actor],
              [t('note'), receipt.note],
              [t('movement'), movement(receipt.movement_id)],
              [
                t('reversedBy'),
                receipt.reversed_by_movement_id !== null && receipt.reversed_at !== null ? (
                  <span key="reversal">
                    {movement(receipt.reversed_by_movement_id)} · {format.dateTime(receipt.reversed_at)}
                  </span>
                ) : null,
              ],
            ]}
          />
        </Panel>
        <Panel title={t('lines', { count: receipt.lines.length })}>
          <Lines receipt={receipt} />
        </Panel>
      </Stack>
    </>
  )
}

function Lines({ receipt }: { receipt: GoodsReceipt }) {
  const t = useTexts(receiptTexts)
  const format = useFormat()
  // The receipt knows quantities and costs; which lots they were is with the movement.
  const moved = useMovement(receipt.movement_id).data?.lines ?? []
  const lotsOf = ({ product_id, location_id }: GoodsReceiptLine) =>
    moved
      .filter(line => line.product_id === product_id && line.location_id === location_id)
      .flatMap(line => line.lot ?? [])
      .join(', ')
  const rows = receipt.lines.map((line, at) => ({ ...line, at }))
  const hasLots = rows.some(line => lotsOf(line) !== '')
  const lot: TableColumn<GoodsReceiptLine>[] = hasLots
    ? [{ title: t('lot'), cell: line => <span className="code">{lotsOf(line)}</span> }]
    : []
  return (
    <DataTable
      label={t('lines', { count: receipt.lines.length })}
      rows={rows}
      rowKey={line => line.at}
      columns={[
        {
          title: t('product'),
          cell: line => (
            <>
              <Anchor component={Link} to={`/products/${line.product_id}`} fz="sm">
                {line.name}
              </Anchor>
              <Text fz="xs" c="dimmed" className="code">
                {line.sku}
              </Text>
            </>
          ),
        },
        { title: t('location'), cell: line => <span className="code">{line.location}</span> },
        ...lot,
        { title: t('quantity'), align: 'right', cell: line => <b>{format.quantity(line.quantity)}</b> },
        {
          title: t('unitCost'),
          align: 'right',
          wide: true,
          cell: line => format.money(line.unit_cost, receipt.currency),
        },
      ]}
    />
  )
}
