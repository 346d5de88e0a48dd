import { TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { useFormat } from '~/i18n/format'

interface MoneyInputProps extends Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange' | 'inputMode'> {
  /** A decimal text as the API has it, `19.99`; what is no number is what was typed. */
  value?: string
  onChange?: (amount: string) => void
}

/** A field for an amount, which people read and write as in their language. */
export function MoneyInput({ value = '', onChange, ...rest }: MoneyInputProps) {
  const format = useFormat()
  const [typed, setTyped] = useState('')
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      // What was typed stays as it is, until the amount is another one.
      value={format.amountOf(typed) === value ? typed : format.amountText(value)}
      onChange={event => {
        setTyped(event.currentTarget.value)
        onChange?.(format.amountOf(event.currentTarget.value))
      }}
    />
  )
}
