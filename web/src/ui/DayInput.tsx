import { DatePickerInput, type DatePickerInputProps } from '@mantine/dates'
import { useFormat } from '~/i18n/format'

type DayInputProps = Omit<DatePickerInputProps<'default'>, 'value' | 'onChange'> & {
  /** A day, as `2026-02-14`; null: none. */
  value: string | null
  onChange: (day: string | null) => void
}

/** A day, shown as it is everywhere else. */
export function DayInput(props: DayInputProps) {
  const format = useFormat()
  return (
    <DatePickerInput
      {...props}
      valueFormatter={({ date }) => (typeof date === 'string' ? format.date(date) : '')}
    />
  )
}
