import { getRouteApi } from '@tanstack/react-router'
import { PageHeader } from '~/ui/PageHeader'
import { QueryView } from '~/ui/QueryView'
import { useProduct } from './api'

const route = getRouteApi('/shell/products/$productId')

export function ProductPage() {
  const id = Number(route.useParams().productId)
  const product = useProduct(id)
  return (
    <QueryView query={product}>
      {shown => <PageHeader title={shown.name} description={shown.sku} />}
    </QueryView>
  )
}
