import { Button, Group, NumberInput, Text } from '@mantine/core'
import { useState } from 'react'
import { Problem } from '~/api/problem'
import type { Location, Product } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { play } from '~/scanner/sound'
import { ActionButton } from '~/ui/ActionButton'
import { DataTable } from '~/ui/DataTable'
import { Panel } from '~/ui/Panel'
import { notifyDone, problemText } from '~/ui/problems'
import type { ScanResult } from '~/ui/ScanFeedback'
import { readOnHand, useAdjust } from './api'
import { scanTexts } from './texts'

/** A product that was counted at a location. */
export interface CountLine {
  product: Product
  location: Location
  counted: number
  /** What the book said when the count of it began; the count is refused if that has changed. */
  expected: number
  fault?: string
}

export interface Count {
  lines: readonly CountLine[]
  add: (product: Product) => Promise<void>
  type: (index: number, counted: number) => void
  post: () => Promise<void>
  clear: () => void
  isPosting: boolean
}

/** A count under way: each scan counts one more of what lies there. */
export function useCount(location: Location | null, onResult: (result: ScanResult) => void): Count {
  const t = useTexts(scanTexts)
  const [lines, setLines] = useState<readonly CountLine[]>([])
  const adjust = useAdjust()

  const add = async (product: Product) => {
    if (!location) return
    const isSame = (line: CountLine) => line.product.id === product.id && line.location.id === location.id
    const known = lines.find(isSame)
    const expected = known ? known.expected : await readOnHand(product.id, location.id)
    setLines(before => {
      const line = before.find(isSame)
      const counted = (line?.counted ?? 0) + 1
      onResult({ tone: 'good', title: `${product.name}: ${counted}` })
      return line
        ? before.map(one => (isSame(one) ? { ...one, counted } : one))
        : [{ product, location, counted, expected }, ...before]
    })
    play('done')
  }
  const post = async () => {
    const left: CountLine[] = []
    for (const line of lines) {
      try {
        await adjust.mutateAsync({
          product_id: line.product.id,
          location_id: line.location.id,
          counted: line.counted,
          expected_on_hand: line.expected,
          reason: t('countReason'),
        })
      } catch (error) {
        left.push(afterRefusal(line, error, t))
      }
    }
    setLines(left)
    const done = lines.length - left.length
    play(left.length > 0 ? 'refused' : 'done')
    if (done > 0) notifyDone(t('posted', { count: done }))
  }
  return {
    lines,
    add,
    post,
    type: (index, counted) =>
      setLines(before => before.map((line, at) => (at === index ? { ...line, counted } : line))),
    clear: () => setLines([]),
    isPosting: adjust.isPending,
  }
}

/** Says why it was not posted. Where the book has changed, the next try starts from what it says now. */
function afterRefusal(
  line: CountLine,
  error: unknown,
  t: ReturnType<typeof useTexts<typeof scanTexts.en>>,
): CountLine {
  const now = error instanceof Problem && error.code === 'stale_quantity' ? Number(error.body.on_hand) : null
  if (now === null) return { ...line, fault: problemText(error) }
  const fault = t('conflict', { expected: line.expected, now, counted: line.counted })
  return { ...line, expected: now, fault }
}

export function CountPanel({ count }: { count: Count }) {
  const t = useTexts(scanTexts)
  const format = useFormat()
  const rows = count.lines.map((line, index) => ({ ...line, index }))
  return (
    <Panel title={t('count')}>
      {rows.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('logEmpty')}
        </Text>
      ) : (
        <DataTable
          label={t('count')}
          rows={rows}
          rowKey={line => `${line.product.id} ${line.location.id}`}
          columns={[
            {
              title: t('product'),
              cell: line => (
                <>
                  {line.product.name}
                  <Text fz="xs" c="dimmed" className="code">
                    {line.product.sku}
                  </Text>
                  {line.fault && (
                    <Text fz="xs" className="bad" role="alert">
                      {line.fault}
                    </Text>
                  )}
                </>
              ),
            },
            {
              title: t('location'),
              wide: true,
              cell: line => <span className="code">{line.location.code}</span>,
            },
            { title: t('expected'), align: 'right', cell: line => format.quantity(line.expected) },
            {
              title: t('counted'),
              align: 'right',
              cell: line => (
                <NumberInput
                  aria-label={`${t('counted')}: ${line.product.name}`}
                  value={line.counted}
                  min={0}
                  decimalScale={6}
                  w={104}
                  ml="auto"
                  onChange={value => count.type(line.index, Number(value) || 0)}
                />
              ),
            },
            {
              title: t('difference'),
              align: 'right',
              cell: line => (
                <b className={line.counted < line.expected ? 'bad' : undefined}>
                  {format.change(line.counted - line.expected)}
                </b>
              ),
            },
          ]}
        />
      )}
      <Group justify="flex-end" mt="md">
        <Button size="md" variant="default" disabled={rows.length === 0} onClick={count.clear}>
          {t('clear')}
        </Button>
        <ActionButton
          size="md"
          loading={count.isPosting}
          disabledReason={rows.length > 0 ? undefined : t('nothingCounted')}
          onClick={() => void count.post()}
        >
          {t('post', { count: rows.length })}
        </ActionButton>
      </Group>
    </Panel>
  )
}
