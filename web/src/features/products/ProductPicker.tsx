import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Ref, useState } from 'react'
import { keys } from '~/api/keys'
import type { Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { uiTexts } from '~/ui/texts'
import { readProducts } from './api'

const HITS = 20
const TYPING_MS = 80

interface ProductPickerProps {
  label: string
  onPick: (product: Product) => void
  ref?: Ref<HTMLInputElement>
}

/** Finds a product by a few letters; it is empty again after each choice, for the next. */
export function ProductPicker({ label, onPick, ref }: ProductPickerProps) {
  const t = useTexts(uiTexts)
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), TYPING_MS)
  const filter = { ...(asked && { q: asked }), limit: HITS }
  const found = useQuery({
    queryKey: keys.productList(filter),
    queryFn: ({ signal }) => readProducts(asked ? { q: asked } : {}, null, HITS, signal),
    placeholderData: keepPreviousData,
  })
  // Until the answer for what is typed is here, of the one before only what fits is shown: Enter would choose another.
  const late = found.isPlaceholderData || asked !== text.trim()
  const fits = ({ name, sku }: Product) =>
    text
      .toLowerCase()
      .split(' ')
      .every(word => `${name} ${sku}`.toLowerCase().includes(word))
  const products = found.data?.items.filter(product => !late || fits(product)) ?? []
  return (
    <Select
      ref={ref}
      label={label}
      placeholder={t('chooseProduct')}
      searchable
      filter={({ options }) => options} // the server has found them
      searchValue={text}
      onSearchChange={setText}
      value={null}
      nothingFoundMessage={t(late ? 'loading' : 'noProduct')}
      data={products.map(product => ({
        value: String(product.id),
        label: `${product.name} · ${product.sku}`,
      }))}
      onChange={id => {
        const product = products.find(one => String(one.id) === id)
        setText('')
        if (product) onPick(product)
      }}
    />
  )
}
