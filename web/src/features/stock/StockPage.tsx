import { Anchor, Tabs, Text } from '@mantine/core'
import {
  IconAdjustments,
  IconArrowsExchange,
  IconLock,
  IconPackageExport,
  IconPackageImport,
} from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Product } from '~/api/schema.gen'
import { useProduct } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { PageHeader } from '~/ui/PageHeader'
import { Panel } from '~/ui/Panel'
import { QueryView } from '~/ui/QueryView'
import { useChosenInView } from '~/ui/useChosenInView'
import { AdjustForm } from './AdjustForm'
import { MovementForm } from './MovementForm'
import { RecentMovements } from './RecentMovements'
import { ReserveForm } from './ReserveForm'
import classes from './Stock.module.css'
import { WORKS, type Work } from './search'
import { TransferForm } from './TransferForm'
import { stockTexts } from './texts'

const route = getRouteApi('/shell/stock')

const ICONS = {
  adjust: IconAdjustments,
  receive: IconPackageImport,
  issue: IconPackageExport,
  transfer: IconArrowsExchange,
  reserve: IconLock,
}

/** Everything that changes stock by hand, with what was done last beside it. */
export function StockPage() {
  const t = useTexts(stockTexts)
  const { work = 'adjust', product } = route.useSearch()
  const navigate = useNavigate({ from: '/stock' })
  return (
    <>
      <PageHeader title={t('stock')} description={t('stockHint')} />
      <Tabs
        value={work}
        onChange={next => void navigate({ search: { work: next as Work }, replace: true })}
        keepMounted={false}
      >
        <Tabs.List ref={useChosenInView(work)} mb="md" className={classes.tabs}>
          {WORKS.map(one => {
            const Icon = ICONS[one]
            return (
              <Tabs.Tab key={one} value={one} leftSection={<Icon size={17} stroke={1.7} aria-hidden />}>
                {t(one)}
              </Tabs.Tab>
            )
          })}
        </Tabs.List>
        <div className={classes.columns}>
          <div>
            {WORKS.map(one => (
              <Tabs.Panel key={one} value={one}>
                <Panel title={t(one)}>
                  {product === undefined ? (
                    <WorkForm work={one} product={null} />
                  ) : (
                    <WithProduct work={one} id={product} />
                  )}
                </Panel>
              </Tabs.Panel>
            ))}
          </div>
          <Panel
            title={t('recent')}
            beside={
              <Anchor component={Link} to="/stock-movements" fz="sm">
                {t('all')}
              </Anchor>
            }
          >
            <RecentMovements empty={<Text fz="sm">{t('recentEmpty')}</Text>} />
          </Panel>
        </div>
      </Tabs>
    </>
  )
}

function WithProduct({ work, id }: { work: Work; id: number }) {
  return (
    <QueryView query={useProduct(id)}>
      {product => <WorkForm key={product.id} work={work} product={product} />}
    </QueryView>
  )
}

function WorkForm({ work, product }: { work: Work; product: Product | null }) {
  if (work === 'adjust') return <AdjustForm initial={product} />
  if (work === 'transfer') return <TransferForm initial={product} />
  if (work === 'reserve') return <ReserveForm initial={product} />
  return <MovementForm direction={work} initial={product} />
}
