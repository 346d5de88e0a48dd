import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { productByCode } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { notifyProblem, notifyRefused } from '~/ui/problems'
import { appTexts } from './texts'

/** What is scanned while no page wants it opens the product that has the code. */
export function GlobalScan() {
  const t = useTexts(appTexts)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  useScanner(async code => {
    try {
      const product = await queryClient.fetchQuery(productByCode(code))
      if (product) {
        play('done')
        return void navigate({ to: '/products/$productId', params: { productId: String(product.id) } })
      }
      play('refused')
      notifyRefused(t('scanUnknown', { code }), t('scanUnknownHint'))
    } catch (error) {
      play('refused')
      notifyProblem(error)
    }
  })
  return null
}
