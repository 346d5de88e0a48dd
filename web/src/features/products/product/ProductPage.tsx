import { ActionIcon, Badge, Button, Group, Menu, Modal, Tabs, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAdjustments, IconArchive, IconArchiveOff, IconDots, IconPencil } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { isMissing } from '~/api/problem'
import type { Product } from '~/api/schema.gen'
import { NotFoundPage } from '~/app/errors'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from '~/ui/ActionButton'
import { May } from '~/ui/May'
import { PageHeader } from '~/ui/PageHeader'
import { notifyDone, notifyProblem } from '~/ui/problems'
import { QueryView, RowsSkeleton } from '~/ui/QueryView'
import { uiTexts } from '~/ui/texts'
import { useChosenInView } from '~/ui/useChosenInView'
import { useProduct } from '../api'
import { isLow } from '../columns'
import { useArchiveProduct, useUnarchiveProduct } from '../details'
import { formTexts } from '../formTexts'
import { PRODUCT_TABS, type ProductTab } from '../search'
import { productTexts } from '../texts'
import { CardTab } from './CardTab'
import { ReservationsTab } from './ReservationsTab'
import { Stats } from './Stats'
import { StockTab } from './StockTab'
import { SupplyTab } from './SupplyTab'
import { detailTexts } from './texts'

/** With calendars and fields of figures, which the page does without. */
const PricesTab = lazy(async () => ({ default: (await import('./PricesTab')).PricesTab }))
const ProductForm = lazy(async () => ({ default: (await import('../ProductForm')).ProductForm }))
const route = getRouteApi('/shell/products/$productId')
const TAB_TEXTS = {
  stock: 'tabStock',
  card: 'tabCard',
  prices: 'tabPrices',
  supply: 'tabSupply',
  reservations: 'tabReservations',
} as const

export function ProductPage() {
  const query = useProduct(Number(route.useParams().productId))
  if (isMissing(query.error)) return <NotFoundPage />
  return <QueryView query={query}>{product => <ProductView key={product.id} product={product} />}</QueryView>
}

function ProductView({ product }: { product: Product }) {
  const list = useTexts(productTexts)
  const t = useTexts(detailTexts)
  const { tab = 'stock' } = route.useSearch()
  const can = useCan()
  const tabs = PRODUCT_TABS.filter(one => one !== 'supply' || can('purchasing.read'))
  const navigate = useNavigate({ from: '/products/$productId' })
  return (
    <>
      <PageHeader
        title={product.name}
        above={[{ to: '/products', title: list('products') }]}
        description={
          <span>
            <span className="code">{product.sku}</span> · {product.category.path}
          </span>
        }
        beside={<State product={product} />}
        actions={<Actions product={product} />}
      />
      <Stats product={product} />
      <Tabs
        value={tabs.includes(tab) ? tab : 'stock'}
        onChange={next => void navigate({ search: { tab: (next ?? 'stock') as ProductTab }, replace: true })}
        keepMounted={false}
      >
        <Tabs.List ref={useChosenInView(tab)} mb="sm" style={{ flexWrap: 'nowrap', overflowX: 'auto' }}>
          {tabs.map(one => (
            <Tabs.Tab key={one} value={one}>
              {t(TAB_TEXTS[one])}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="stock">
          <StockTab product={product} />
        </Tabs.Panel>
        <Tabs.Panel value="card">
          <CardTab product={product} />
        </Tabs.Panel>
        <Tabs.Panel value="prices">
          <Suspense fallback={<RowsSkeleton />}>
            <PricesTab product={product} />
          </Suspense>
        </Tabs.Panel>
        {can('purchasing.read') && (
          <Tabs.Panel value="supply">
            <SupplyTab product={product} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="reservations">
          <ReservationsTab product={product} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function State({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  if (product.archived) return <Badge color="gray">{t('archived')}</Badge>
  if (product.available <= 0) return <Badge color="red">{t('out')}</Badge>
  return isLow(product) ? <Badge color="yellow">{t('low')}</Badge> : null
}

function Actions({ product }: { product: Product }) {
  const t = useTexts(detailTexts)
  const ui = useTexts(uiTexts)
  const form = useTexts(formTexts)
  const can = useCan()
  const [editing, edit] = useDisclosure(false)
  const [asking, ask] = useDisclosure(false)
  const unarchive = useUnarchiveProduct()
  return (
    <>
      <May needs="products.write">
        {' '}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t('more')}>
              <IconDots size={18} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {product.archived ? (
              <Menu.Item
                leftSection={<IconArchiveOff size={16} stroke={1.7} />}
                onClick={() =>
                  unarchive.mutate(product, {
                    onSuccess: () => notifyDone(t('unarchivedDone', { name: product.name })),
                    onError: notifyProblem,
                  })
                }
              >
                {t('unarchive')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconArchive size={16} stroke={1.7} />} onClick={ask.open}>
                {t('archive')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </May>
      <ActionButton
        variant="default"
        leftSection={<IconPencil size={16} stroke={1.7} />}
        needs="products.write"
        onClick={edit.open}
      >
        {t('edit')}
      </ActionButton>
      {!product.archived && can('stock.move') && (
        <Button
          component={Link}
          to="/stock"
          search={{ product: product.id } as never}
          leftSection={<IconAdjustments size={16} stroke={1.7} />}
        >
          {t('changeStock')}
        </Button>
      )}
      <Modal
        opened={editing}
        onClose={edit.close}
        title={form('editTitle')}
        size="lg"
        closeButtonProps={{ 'aria-label': ui('close') }}
      >
        <Suspense fallback={<RowsSkeleton />}>
          <ProductForm product={product} onDone={edit.close} onCancel={edit.close} />
        </Suspense>
      </Modal>
      <ArchiveDialog product={product} opened={asking} onClose={ask.close} />
    </>
  )
}

interface ArchiveDialogProps {
  product: Product
  opened: boolean
  onClose: () => void
}

function ArchiveDialog({ product, opened, onClose }: ArchiveDialogProps) {
  const t = useTexts(detailTexts)
  const ui = useTexts(uiTexts)
  const navigate = useNavigate()
  const archive = useArchiveProduct()
  const holds = product.on_hand > 0 || product.in_transit > 0
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('archiveTitle', { name: product.name })}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <Text fz="sm">{t('archiveText')}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {ui('cancel')}
        </Button>
        <ActionButton
          color="red"
          loading={archive.isPending}
          disabledReason={holds ? t('archiveHolds') : undefined}
          onClick={() =>
            archive.mutate(product, {
              onSuccess: () => {
                notifyDone(t('archivedDone', { name: product.name }))
                void navigate({ to: '/products' })
              },
              onError: notifyProblem,
            })
          }
        >
          {t('archive')}
        </ActionButton>
      </Group>
    </Modal>
  )
}
