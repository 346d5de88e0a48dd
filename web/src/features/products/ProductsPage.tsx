import { Button } from '@mantine/core'
import { IconPackages } from '@tabler/icons-react'
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useStored } from '~/stored'
import { DataGrid } from '~/ui/DataGrid'
import { EmptyState } from '~/ui/EmptyState'
import { PageHeader } from '~/ui/PageHeader'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { useProductList } from './api'
import { BulkBar } from './BulkBar'
import { useProductColumns } from './columns'
import { saveProducts } from './exportProducts'
import { hiddenColumns } from './hidden'
import { PageActions } from './PageActions'
import { ProductFilters } from './ProductFilters'
import classes from './ProductsPage.module.css'
import { type NewProductSearch, nextSort, type ProductSearch, type ProductSort } from './search'
import { productTexts } from './texts'

const route = getRouteApi('/shell/products')
const NO_PRODUCTS: readonly Product[] = []

export function ProductsPage() {
  const t = useTexts(productTexts)
  const { new: creating = false, ...search } = route.useSearch()
  const navigate = useNavigate({ from: '/products' })
  const router = useRouter()
  const list = useProductList(search)
  const hidden = useStored(hiddenColumns)
  const columns = useProductColumns()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => list.data?.pages.flatMap(page => page.items) ?? NO_PRODUCTS, [list.data])
  type Search = ProductSearch & NewProductSearch
  const change = (next: { [Key in keyof Search]?: Search[Key] | undefined }) => {
    // Keys that come late, after somebody has gone to another page, do not bring them back.
    if (!router.latestLocation.pathname.endsWith('/products')) return
    setSelected(new Set())
    void navigate({ search: before => withoutNothing({ ...before, ...next }), replace: true })
  }
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const shown = columns.map(column => column.id).filter(id => !hidden.includes(id))
  const chosen = useMemo(() => rows.filter(product => selected.has(String(product.id))), [rows, selected])
  const open = ({ id }: Product) =>
    void navigate({ to: '/products/$productId', params: { productId: String(id) } })
  const sort = search.sort && {
    column: search.sort.replace('-', ''),
    descending: search.sort.startsWith('-'),
  }

  return (
    <div className={classes.page}>
      <PageHeader
        title={t('products')}
        actions={
          <PageActions
            search={search}
            columns={shown}
            creating={creating}
            onCreating={on => change({ new: on || undefined })}
            onCreated={product => open(product)}
          />
        }
      />
      <ProductFilters search={search} onChange={change} columns={columns} />
      {chosen.length > 0 && (
        <BulkBar
          selected={chosen}
          search={search}
          onExport={() => saveProducts(chosen, shown)}
          onClear={() => setSelected(new Set())}
        />
      )}
      <div className={classes.list}>
        {list.isError && list.data === undefined ? (
          <LoadFailed error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <RowsSkeleton rows={14} height={24} />
        ) : rows.length === 0 ? (
          <NoProducts search={search} onClear={() => change(NO_FILTER)} />
        ) : (
          <DataGrid
            label={t('products')}
            rows={rows}
            rowId={product => String(product.id)}
            columns={columns}
            hidden={hidden}
            selected={selected}
            onSelect={setSelected}
            sort={sort}
            onSort={column =>
              change({ sort: nextSort(search.sort, column as Exclude<ProductSort, `-${string}`>) })
            }
            onOpen={open}
            onEnd={readMore}
            stale={list.isPlaceholderData}
            footer={hasNextPage ? t('shownMore', { count: rows.length }) : t('shown', { count: rows.length })}
          />
        )}
      </div>
    </div>
  )
}

const NO_FILTER = {
  q: undefined,
  category_id: undefined,
  warehouse: undefined,
  low_stock: undefined,
  archived: undefined,
}

function withoutNothing(search: object): ProductSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''))
}

function NoProducts({ search, onClear }: { search: ProductSearch; onClear: () => void }) {
  const t = useTexts(productTexts)
  const filtered = Object.keys(search).some(key => key !== 'sort')
  return filtered ? (
    <EmptyState
      icon={IconPackages}
      title={t('noMatchTitle')}
      text={t('noMatchText')}
      action={
        <Button variant="default" mt="xs" onClick={onClear}>
          {t('clearFilters')}
        </Button>
      }
    />
  ) : (
    <EmptyState icon={IconPackages} title={t('noneTitle')} text={t('noneText')} />
  )
}
