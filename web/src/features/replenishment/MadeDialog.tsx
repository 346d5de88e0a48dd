import { Alert, Anchor, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReplenishmentOrders } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useFocusBack } from '~/ui/useFocusBack'
import { replenishmentTexts } from './texts'

const SKIPPED = { no_supplier: 'skipped_no_supplier', no_unit_cost: 'skipped_no_unit_cost' } as const

/** The drafts that were made, and what could not be ordered. */
export function MadeDialog({ made, onClose }: { made: ReplenishmentOrders; onClose: () => void }) {
  useFocusBack()
  const t = useTexts(replenishmentTexts)
  const format = useFormat()
  const count = made.purchase_orders.length
  return (
    <Modal
      opened
      onClose={onClose}
      title={count > 0 ? t('madeTitle', { count }) : t('madeNone')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap="sm">
        {count > 0 && (
          <>
            <Text fz="sm" c="dimmed">
              {t('madeText')}
            </Text>
            {made.purchase_orders.map(order => (
              <Group key={order.id} justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0 }}>
                  <Anchor component={Link} to={`/purchase-orders/${order.id}`} fw={550}>
                    {order.number}
                  </Anchor>
                  <Text fz="sm" c="dimmed">
                    {order.supplier.name} → {order.warehouse} · {t('lines', { count: order.lines.length })}
                  </Text>
                </div>
                <span className="num">{format.money(order.total, order.currency)}</span>
              </Group>
            ))}
          </>
        )}
        {made.skipped.length > 0 && (
          <Alert color="yellow" title={t('skipped')}>
            <List size="sm">
              {made.skipped.map(one => (
                <List.Item key={`${one.product_id} ${one.warehouse}`}>
                  <span className="code">{one.sku}</span>
                  {': '}
                  {one.code in SKIPPED ? t(SKIPPED[one.code as keyof typeof SKIPPED]) : one.code}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {!made.complete && <Alert color="yellow">{t('more')}</Alert>}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('close')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
