import { Modal, Text, Timeline } from '@mantine/core'
import type { ReplenishmentSuggestion } from '~/api/schema.gen'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useUnit } from '~/ui/units'
import { useFocusBack } from '~/ui/useFocusBack'
import { type Explanation, explain } from './explain'
import { replenishmentTexts } from './texts'

const PARTS = {
  available: 'partAvailable',
  incoming: 'partIncoming',
  inTransit: 'partInTransit',
  onOrder: 'partOnOrder',
  forWarehouses: 'partForWarehouses',
} as const

interface WhyDialogProps {
  suggestion: ReplenishmentSuggestion
  onClose: () => void
}

/** Every number that a suggestion follows from, in the order in which one would reckon it. */
export function WhyDialog({ suggestion, onClose }: WhyDialogProps) {
  useFocusBack()
  const t = useTexts(replenishmentTexts)
  const format = useFormat()
  const unit = useUnit()
  const why = explain(suggestion)
  const parts = why.counted.map(part => t(PARTS[part.name], { count: part.value })).join(' + ')
  const window = t('days', { count: suggestion.window_days })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('whyOf', { count: suggestion.quantity, name: suggestion.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Timeline bulletSize={14} lineWidth={2} active={5} color="ink">
        <Timeline.Item title={t('stepNow')}>
          <Text fz="sm">
            {parts}
            {why.counted.length > 1 && ` = ${format.quantity(why.total)}`}
          </Text>
          <Text fz="sm" c="dimmed">
            {t('low', { count: why.reorderPoint })}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={t('stepWhen')}>
          <Text fz="sm">
            {suggestion.demand > 0
              ? t('demand', {
                  demand: suggestion.demand,
                  days: window,
                  perDay: suggestion.demand_per_day,
                })
              : t('noDemand', { days: window })}
          </Text>
          <Text fz="sm" c="dimmed">
            {suggestion.lead_time_days == null
              ? t('noLeadTime')
              : t('leadTime', { days: t('days', { count: suggestion.lead_time_days }) })}
            {suggestion.days_of_cover != null &&
              `; ${t('coverText', { days: t('days', { count: Math.floor(suggestion.days_of_cover) }) })}`}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={t('stepTarget')}>
          <Text fz="sm">
            <RuleText rule={why.rule} />
            {why.rule.kind === 'reserve' && why.target !== null && ` = ${format.quantity(why.target)}`}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={t('stepNeeded')}>
          <Text fz="sm">
            {why.target !== null && `${format.quantity(why.target)} − ${format.quantity(why.total)}: `}
            {t('needed', { count: why.needed })}
          </Text>
        </Timeline.Item>
        <Timeline.Item title={t('stepRounded')}>
          {why.rounded.length === 0 && <Text fz="sm">{t('exact')}</Text>}
          {why.rounded.map(step => (
            <Text key={step.kind} fz="sm">
              {step.kind === 'moq'
                ? t('moq', { count: step.moq })
                : t('packs', { packs: step.packs, pack: step.pack, count: why.quantity })}
            </Text>
          ))}
          <Text fz="lg" fw={650} mt={4}>
            {format.quantity(why.quantity)} {unit(suggestion.unit)}
          </Text>
        </Timeline.Item>
      </Timeline>
    </Modal>
  )
}

function RuleText({ rule }: { rule: Explanation['rule'] }) {
  const t = useTexts(replenishmentTexts)
  switch (rule.kind) {
    case 'upToMax':
      return t('upToMax', { count: rule.max })
    case 'upToDemand':
      return t('upToDemand', { count: rule.demand, max: rule.max })
    case 'fixed':
      return t('fixed', { count: rule.quantity })
    case 'reserve':
      return t('reserve', { point: rule.reorderPoint, safety: rule.safetyStock, demand: rule.demand })
  }
}
