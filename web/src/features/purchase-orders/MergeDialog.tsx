import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { uiTexts } from '~/ui/texts'
import { useFocusBack } from '~/ui/useFocusBack'
import type { Draft, DraftLine } from './draft'
import { draftTexts } from './draftTexts'
import { type Difference, differences, merge, type Side } from './merge'
import classes from './OrderEditor.module.css'

interface MergeDialogProps {
  /** What both have begun with. */
  base: Draft
  /** What is in the form. */
  mine: Draft
  /** What somebody else has saved. */
  theirs: Draft
  currency: string
  pending: boolean
  /** Saves both together. */
  onSave: (both: Draft) => void
  /** Back to the form, with both together. */
  onBack: (both: Draft) => void
}

/** Two people have changed a draft: shows both values of everything that differs, and keeps whose is chosen. */
export function MergeDialog({ base, mine, theirs, currency, pending, onSave, onBack }: MergeDialogProps) {
  useFocusBack()
  const t = useTexts(draftTexts)
  const ui = useTexts(uiTexts)
  const [chosen, setChosen] = useState<Readonly<Record<string, Side>>>({})
  const found = differences(base, mine, theirs)
  const clashes = found.filter(one => one.clash)
  const taken = found.filter(one => !one.clash)
  const both = merge(base, mine, theirs, chosen)
  return (
    <Modal
      opened
      size="lg"
      onClose={() => onBack(both)}
      title={t('mergeTitle')}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <Stack gap="sm">
        <Text fz="sm">{t('mergeText')}</Text>
        {clashes.length > 0 && (
          <div>
            <Text fz="sm" fw={600} className="warn">
              {t('clashes')}
            </Text>
            {clashes.map(one => (
              <Row
                key={one.id}
                difference={one}
                currency={currency}
                side={chosen[one.id] ?? 'mine'}
                onSide={side => setChosen(before => ({ ...before, [one.id]: side }))}
              />
            ))}
          </div>
        )}
        {taken.length > 0 && (
          <div>
            <Text fz="sm" fw={600}>
              {t('taken')}
            </Text>
            {taken.map(one => (
              <Row key={one.id} difference={one} currency={currency} />
            ))}
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onBack(both)}>
            {t('mergeBack')}
          </Button>
          <Button loading={pending} onClick={() => onSave(both)} data-autofocus>
            {t('mergeSave')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

interface RowProps {
  difference: Difference
  currency: string
  /** Whose is kept; absent: nobody has to choose. */
  side?: Side
  onSide?: (side: Side) => void
}

function Row({ difference, currency, side, onSide }: RowProps) {
  const t = useTexts(draftTexts)
  const values = useValues(difference, currency)
  const names = { warehouse: t('warehouse'), expectedOn: t('expected'), note: t('note') }
  const name = difference.kind === 'line' ? difference.name : names[difference.kind]
  return (
    <div className={classes.difference}>
      <Text fz="sm" fw={550}>
        {name}{' '}
        {difference.kind === 'line' && (
          <Text span fz="xs" c="dimmed" className="code">
            {difference.sku}
          </Text>
        )}
      </Text>
      <dl className={classes.sides}>
        <dt>{difference.clash ? t('mine') : t('before')}</dt>
        <dd>{values.mine}</dd>
        <dt>{t('theirs')}</dt>
        <dd>{values.theirs}</dd>
      </dl>
      {side && (
        <SegmentedControl
          size="xs"
          aria-label={t('choose', { name })}
          data={[
            { value: 'mine', label: t('keepMine') },
            { value: 'theirs', label: t('takeTheirs') },
          ]}
          value={side}
          onChange={value => onSide?.(value === 'theirs' ? 'theirs' : 'mine')}
        />
      )}
    </div>
  )
}

function useValues(difference: Difference, currency: string): Record<Side, string> {
  const t = useTexts(draftTexts)
  const format = useFormat()
  const line = (one: DraftLine | null) => {
    if (!one) return t('gone')
    return t('lineValue', {
      quantity: format.quantity(Number(one.quantity)),
      cost: /^\d+(\.\d+)?$/.test(one.unitCost) ? format.money(one.unitCost, currency) : one.unitCost,
    })
  }
  if (difference.kind === 'line') return { mine: line(difference.mine), theirs: line(difference.theirs) }
  const text = (value: string) =>
    value === '' ? t('nothing') : difference.kind === 'expectedOn' ? format.date(value) : value
  return { mine: text(difference.mine), theirs: text(difference.theirs) }
}
