import { NumberInput, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { useWriting } from '~/api/write'
import { productByCode } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { problemText } from '~/ui/problems'
import type { ScanResult } from '~/ui/ScanFeedback'
import { uiTexts } from '~/ui/texts'
import { sum } from './lines'
import classes from './Stock.module.css'

/** A line of a document of which something is still open. */
export interface OpenLine {
  line: number
  product_id: number
  sku: string
  /** What people call it. */
  name: string
  /** How much can still be counted. */
  open: number
}

interface CountingTexts {
  /** What is scanned is not in the document. */
  unknown: (code: string) => string
  /** More is scanned than is open. */
  full: (line: OpenLine) => string
}

type Counted = Readonly<Record<number, number | string>>

/**
 * How much of each open line goes out, or has arrived: counted by scans, typed, or all of it. The last scan can be undone.
 * While something is being sent, nothing is counted: it would be gone with what was sent.
 */
export function useOpenLines(lines: readonly OpenLine[], texts: CountingTexts) {
  const ui = useTexts(uiTexts)
  const format = useFormat()
  const queryClient = useQueryClient()
  const [counted, setCounted] = useState<Counted>({})
  const [scans, setScans] = useState<readonly number[]>([])
  const [result, setResult] = useState<ScanResult | null>(null)
  // Scans come faster than pages are drawn: each builds on the one before.
  const latest = useRef<Counted>({})
  const change = (next: Counted) => {
    latest.current = next
    setCounted(next)
  }
  const tell = (sound: 'done' | 'warning' | 'refused', next: ScanResult) => {
    play(sound)
    setResult(next)
  }
  const writing = useWriting()
  /** The lines of a code. */
  const meant = async (code: string) => {
    const named = lines.filter(one => one.sku.toLowerCase() === code.toLowerCase())
    if (named.length > 0) return named
    const product = await queryClient.fetchQuery(productByCode(code))
    return lines.filter(one => one.product_id === product?.id)
  }
  const count = async (code: string) => {
    const found = writing() ? [] : await meant(code)
    if (writing()) return tell('warning', { tone: 'warn', title: code, text: ui('scanLater') })
    const left = found.find(one => (Number(latest.current[one.line]) || 0) < one.open)
    const line = left ?? found[0]
    if (!line) return tell('refused', { tone: 'bad', title: texts.unknown(code) })
    const now = sum(Number(latest.current[line.line]) || 0, 1)
    if (now > line.open) return tell('warning', { tone: 'warn', title: texts.full(line) })
    change({ ...latest.current, [line.line]: now })
    setScans(before => [...before, line.line])
    const title = `${format.quantity(now)} / ${format.quantity(line.open)}`
    tell('done', { tone: 'good', title, text: line.name })
  }
  useScanner(code =>
    count(code).catch(error => tell('refused', { tone: 'bad', title: code, text: problemText(error) })),
  )
  const last = scans.at(-1)
  return {
    counted,
    /** How the last scan went. */
    result,
    /** What is to be sent. */
    taken: lines
      .map(({ line }) => ({ line, quantity: Number(counted[line]) || 0 }))
      .filter(one => one.quantity > 0),
    type: (line: number, quantity: number | string) => change({ ...latest.current, [line]: quantity }),
    /** It is sent: what comes now is counted from nothing. */
    clear: () => {
      change({})
      setScans([])
    },
    all: () => change(Object.fromEntries(lines.map(({ line, open }) => [line, open]))),
    /** Takes the last scan back; null: there is none. */
    undo:
      last === undefined
        ? null
        : () => {
            const left = Math.max(0, sum(Number(latest.current[last]) || 0, -1))
            change({ ...latest.current, [last]: left || '' })
            setScans(before => before.slice(0, -1))
          },
  }
}

interface OpenLinesListProps {
  label: string
  lines: readonly OpenLine[]
  counting: Pick<ReturnType<typeof useOpenLines>, 'counted' | 'type'>
  /** Of the field of a line, for screen readers. */
  nowOf: (line: OpenLine) => string
  /** Below the name. */
  below: (line: OpenLine) => ReactNode
}

export function OpenLinesList({ label, lines, counting, nowOf, below }: OpenLinesListProps) {
  return (
    <ul className={classes.lines} aria-label={label}>
      {lines.map(line => (
        <li key={line.line} className={classes.line}>
          <div className={classes.lineName}>
            <Text fz="sm" fw={550}>
              {line.name}
            </Text>
            <Text fz="xs" c="dimmed">
              {below(line)}
            </Text>
          </div>
          <NumberInput
            className={classes.quantity}
            aria-label={nowOf(line)}
            min={0}
            max={line.open}
            decimalScale={6}
            value={counting.counted[line.line] ?? ''}
            onChange={quantity => counting.type(line.line, quantity)}
          />
        </li>
      ))}
    </ul>
  )
}
