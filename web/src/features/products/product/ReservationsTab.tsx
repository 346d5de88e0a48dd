import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Product, Reservation } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { DataTable } from '~/ui/DataTable'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useProductReservations } from '../details'
import { detailTexts } from './texts'

/** To whom it is promised. */
export function ReservationsTab({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const format = useFormat()
  const reservations = useProductReservations(product.id)
  const open = (reservation: Reservation) => {
    const lines = reservation.lines.filter(line => line.product_id === product.id)
    return lines.reduce((sum, line) => sum + line.open, 0)
  }
  return (
    <Panel title={t('reservations')}>
      <QueryView query={reservations}>
        {page =>
          page.items.length > 0 ? (
            <DataTable
              label={t('reservations')}
              rows={page.items}
              rowKey={one => one.id ?? 0}
              columns={[
                {
                  title: t('number'),
                  cell: one => (
                    <Anchor component={Link} to={`/reservations/${one.id}`} fz="sm">
                      {one.number}
                    </Anchor>
                  ),
                },
                { title: t('reference'), cell: one => one.reference ?? '' },
                { title: t('by'), wide: true, cell: one => one.actor },
                { title: t('quantity'), align: 'right', cell: one => <b>{format.quantity(open(one))}</b> },
                {
                  title: t('expires'),
                  align: 'right',
                  cell: one => (one.expires_at ? format.relative(one.expires_at) : t('never')),
                },
              ]}
            />
          ) : (
            <Text c="dimmed" fz="sm">
              {t('noReservations')}
            </Text>
          )
        }
      </QueryView>
    </Panel>
  )
}
