import { Anchor, Badge, Stack } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { isMissing } from '~/api/problem'
import type { StockMovement, StockMovementLine } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable, type TableColumn } from '~/ui/DataTable'
import { Facts } from '~/ui/Facts'
import { movementTexts } from '~/ui/movements'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useMovement } from './api'
import { movementPageTexts } from './texts'
import { UndoButton } from './UndoButton'

const route = getRouteApi('/shell/stock-movements/$movementId')

export function MovementPage() {
  const query = useMovement(Number(route.useParams().movementId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{one => <Movement movement={one} />}</QueryView>
}

function Movement({ movement }: { movement: StockMovement }) {
  const t = useTexts(movementPageTexts)
  const kind = useTexts(movementTexts)
  const format = useFormat()
  const link = (id: number | null) =>
    id === null ? null : (
      <Anchor component={Link} to={`/stock-movements/${id}`} fz="sm">
        {t('movement', { id: String(id) })}
      </Anchor>
    )
  return (
    <>
      <PageHeader
        title={`${kind(movement.kind)} ${movement.id}`}
        above={[{ to: '/stock-movements', title: t('title') }]}
        beside={movement.reversed_by_movement_id !== null && <Badge color="gray">{t('undone')}</Badge>}
        actions={<UndoButton movement={movement} size="sm" />}
      />
      <Stack gap="md">
        <Panel title={t('details')}>
          <Facts
            facts={[
              [t('happened'), format.dateTime(movement.occurred_at)],
              [t('entered'), format.dateTime(movement.recorded_at)],
              [t('by'), movement.actor],
              [t('reason'), movement.reason],
              [t('reference'), movement.reference],
              [t('note'), movement.note],
              [t('reverses'), link(movement.reverses_movement_id)],
              [t('reversedBy'), link(movement.reversed_by_movement_id)],
            ]}
          />
        </Panel>
        <Panel title={t('lines')}>
          <Lines movement={movement} />
        </Panel>
      </Stack>
    </>
  )
}

function Lines({ movement }: { movement: StockMovement }) {
  const t = useTexts(movementPageTexts)
  const format = useFormat()
  const columns: TableColumn<StockMovementLine>[] = [
    {
      title: t('product'),
      cell: line => (
        <Anchor component={Link} to={`/products/${line.product_id}`} fz="sm" className="code">
          {line.sku}
        </Anchor>
      ),
    },
    {
      title: t('place'),
      cell: line => (
        <>
          {line.warehouse} <span className="code">{line.location}</span>
          {line.lot && <span className="code"> {line.lot}</span>}
        </>
      ),
    },
    {
      title: t('cost'),
      align: 'right',
      wide: true,
      cell: line => (line.unit_cost === null ? '' : format.money(line.unit_cost, null)),
    },
    { title: t('before'), align: 'right', wide: true, cell: line => format.quantity(line.on_hand_before) },
    {
      title: t('change'),
      align: 'right',
      cell: line => (
        <span className={line.quantity > 0 ? 'good' : undefined}>{format.change(line.quantity)}</span>
      ),
    },
    { title: t('after'), align: 'right', cell: line => <b>{format.quantity(line.on_hand_after)}</b> },
  ]
  return (
    <DataTable
      label={t('lines')}
      columns={columns}
      rows={movement.lines}
      rowKey={line => `${line.product_id} ${line.location_id} ${line.lot}`}
    />
  )
}
