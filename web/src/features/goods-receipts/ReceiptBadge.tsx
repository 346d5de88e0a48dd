import { Badge } from '@mantine/core'
import type { GoodsReceipt } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { receiptTexts } from './texts'

export function ReceiptBadge({ receipt }: { receipt: GoodsReceipt }) {
  const t = useTexts(receiptTexts)
  return receipt.reversed_at ? (
    <Badge color="gray">{t('reversed')}</Badge>
  ) : (
    <Badge color="teal">{t('posted')}</Badge>
  )
}
