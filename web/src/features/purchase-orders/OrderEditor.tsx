import { Group, Select, SimpleGrid, Stack, Text, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import type { Product } from '~/api/schema.gen'
import { productByCode, useWarehouses } from '~/features/products/api'
import { ProductPicker } from '~/features/products/ProductPicker'
import { useSettings } from '~/features/settings/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useLatest, useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { DayInput } from '~/ui/DayInput'
import { Panel } from '~/ui/Panel'
import { notifyProblem } from '~/ui/problems'
import { readOffers, useOffers } from './api'
import { type Draft, editLine, keyFor } from './draft'
import { draftTexts } from './draftTexts'
import classes from './OrderEditor.module.css'
import { OrderEditorLine } from './OrderEditorLine'
import { costAt, isAbove, oneMoreOf, totalOf } from './offers'

export interface OrderSupplier {
  id: number
  name: string
  /** Of the order's costs. */
  currency: string
}

interface OrderEditorProps {
  supplier: OrderSupplier | null
  draft: Draft
  onDraft: (change: (before: Draft) => Draft) => void
  /** What is wrong with a line, by its place. */
  faults: Readonly<Record<string, string>>
  /** In front of the other fields of the head. */
  children?: ReactNode
}

/** What is ordered, where to and until when. Costs, packs and least quantities come from what the supplier sells. */
export function OrderEditor({ supplier, draft, onDraft, faults, children }: OrderEditorProps) {
  const t = useTexts(draftTexts)
  const queryClient = useQueryClient()
  const warehouses = useWarehouses().data?.filter(one => !one.archived) ?? []
  const picker = useRef<HTMLInputElement>(null)
  const offers = useOffers(
    supplier?.id ?? null,
    draft.lines.map(line => line.product.id),
  )
  const currency = supplier?.currency ?? ''
  const latest = useLatest(supplier)

  /** A line more; or, of what is in the order already, a pack more. */
  const add = async (product: Pick<Product, 'id' | 'sku' | 'name'>) => {
    if (!supplier) return
    const offered = (await readOffers(supplier.id, [product.id]).catch(() => null))?.get(product.id)
    // Another one may have been chosen meanwhile, who has other costs.
    const offer = latest.current?.id === supplier.id ? offered : undefined
    onDraft(before => {
      const known = before.lines.find(line => line.product.id === product.id)
      const quantity = oneMoreOf(offer, Number(known?.quantity ?? 0))
      const unitCost = costAt(offer, quantity, currency)
      if (known) {
        return editLine(before, known.key, { quantity, ...(unitCost !== null && { unitCost }) })
      }
      const { id, sku, name } = product
      const line = {
        key: keyFor(before.lines, id),
        product: { id, sku, name },
        quantity,
        unitCost: unitCost ?? '',
        expectedOn: null,
      }
      return { ...before, lines: [...before.lines, line] }
    })
  }
  useScanner(async code => {
    try {
      const product = supplier && (await queryClient.fetchQuery(productByCode(code)))
      if (product) {
        play('done')
        return await add(product)
      }
      play('refused')
      notifyProblem(new Error(supplier ? t('unknownCode', { code }) : t('supplierFirst')))
    } catch (error) {
      play('refused')
      notifyProblem(error)
    }
  })
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm" verticalSpacing="sm">
        {children}
        <Select
          label={t('warehouse')}
          data={warehouses.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
          value={draft.warehouse}
          allowDeselect={false}
          onChange={warehouse => onDraft(before => ({ ...before, warehouse }))}
        />
        <DayInput
          label={t('expected')}
          value={draft.expectedOn}
          onChange={expectedOn => onDraft(before => ({ ...before, expectedOn }))}
          clearable
        />
      </SimpleGrid>
      <Panel title={t('lines', { count: draft.lines.length })}>
        <Stack gap="sm">
          {draft.lines.length > 0 && (
            <ul className={classes.lines} aria-label={t('lines', { count: draft.lines.length })}>
              {draft.lines.map((line, index) => (
                <OrderEditorLine
                  key={line.key}
                  line={line}
                  supplier={supplier}
                  offer={offers.get(line.product.id) ?? null}
                  fault={faultOf(faults, index)}
                  onEdit={change => onDraft(before => editLine(before, line.key, change))}
                  onRemove={() =>
                    onDraft(before => ({
                      ...before,
                      lines: before.lines.filter(one => one.key !== line.key),
                    }))
                  }
                  onNext={() => picker.current?.focus()}
                />
              ))}
            </ul>
          )}
          {draft.lines.length > 0 && supplier && <Total draft={draft} currency={currency} />}
          {supplier ? (
            <>
              <ProductPicker ref={picker} label={t('addLine')} onPick={product => void add(product)} />
              <Text fz="xs" c="dimmed">
                {t('scanHint')}
              </Text>
            </>
          ) : (
            <Text fz="sm" c="dimmed">
              {t('supplierFirst')}
            </Text>
          )}
        </Stack>
      </Panel>
      <Textarea
        label={t('note')}
        description={t('noteHint')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2000}
        value={draft.note}
        onChange={event => {
          const note = event.currentTarget.value
          onDraft(before => ({ ...before, note }))
        }}
      />
    </Stack>
  )
}

function Total({ draft, currency }: { draft: Draft; currency: string }) {
  const t = useTexts(draftTexts)
  const format = useFormat()
  const settings = useSettings().data
  const total = totalOf(draft.lines)
  const limit = settings?.purchase_approval_above
  const asks = total !== null && limit != null && settings?.currency === currency && isAbove(total, limit)
  return (
    <div className={classes.foot}>
      <Text fz="sm" className="warn">
        {asks && t('needsApproval', { limit: format.money(limit, currency) })}
      </Text>
      <Group gap="xs" role="status">
        <b>{t('total', { amount: total === null ? '–' : format.money(total, currency) })}</b>
      </Group>
    </div>
  )
}

/** The fault of a line, whichever of its fields has it. */
function faultOf(faults: Readonly<Record<string, string>>, index: number): string | undefined {
  const name = Object.keys(faults).find(one => one === `lines.${index}` || one.startsWith(`lines.${index}.`))
  return name && faults[name]
}
