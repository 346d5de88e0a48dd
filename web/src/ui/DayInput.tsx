import { DatePickerInput, type DatePickerInputProps } from '@mantine/dates'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { uiTexts } from './texts'

type DayInputProps = Omit<DatePickerInputProps<'default'>, 'value' | 'onChange'> & {
  /** A day, as `2026-02-14`; null: none. */
  value: string | null
  onChange: (day: string | null) => void
}

/** A day, shown as it is everywhere else. */
export function DayInput(props: DayInputProps) {
  const t = useTexts(uiTexts)
  const format = useFormat()
  return (
    <DatePickerInput
      clearButtonProps={{ 'aria-label': t('clear') }}
      {...props}
      valueFormatter={({ date }) => (typeof date === 'string' ? format.date(date) : '')}
    />
  )
}
