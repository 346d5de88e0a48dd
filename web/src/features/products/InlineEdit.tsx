import { TextInput, Tooltip, UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import type { Product, ProductChange } from '~/api/schema.gen'
import { useCan } from '~/app/session'
import { useTexts } from '~/i18n/catalogue'
import { problemText } from '~/ui/problems'
import { useSeenVersion } from '~/ui/useSeenVersion'
import { useUpdateProduct } from './api'
import classes from './InlineEdit.module.css'
import { productTexts } from './texts'

interface InlineEditProps {
  product: Product
  label: string
  /** What is edited, as text. */
  value: string
  /** What is shown while it is not edited. */
  children: ReactNode
  /** The change that a text means; null: none that makes sense. */
  changeOf: (text: string) => ProductChange | null
}

/** A figure that becomes a field by a click or Enter: Enter saves, Escape leaves it as it was. */
export function InlineEdit({ children, ...props }: InlineEditProps) {
  const { product, label, value } = props
  const t = useTexts(productTexts)
  const [editing, setEditing] = useState(false)
  const can = useCan()
  if (!can('products.write')) return children
  if (editing) return <EditField {...props} onEnd={() => setEditing(false)} />
  return (
    <UnstyledButton
      className={classes.value}
      onClick={() => setEditing(true)}
      aria-label={t('editCell', { label, name: product.name, value: value || '–' })}
    >
      {children}
    </UnstyledButton>
  )
}

type EditFieldProps = Omit<InlineEditProps, 'children'> & { onEnd: () => void }

function EditField({ product, label, value, changeOf, onEnd }: EditFieldProps) {
  const t = useTexts(productTexts)
  const update = useUpdateProduct()
  const [text, setText] = useState(value)
  const [fault, setFault] = useState<string | null>(null)
  const seen = useSeenVersion(product)
  const [changed, setChanged] = useState(false)

  const save = async () => {
    if (update.isPending) return
    if (text.trim() === value) return onEnd()
    const change = changeOf(text.trim())
    if (!change) return setFault(t('noNumber'))
    try {
      await update.mutateAsync({ id: product.id, version: seen.version, change })
      onEnd()
    } catch (error) {
      // What others wrote has been read by now, and is told; what was typed stays.
      const late = seen.refused(error)
      setChanged(late)
      setFault(late ? null : problemText(error))
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter') void save()
    if (event.key === 'Escape') onEnd()
  }
  const said = changed ? t('changedMeanwhile', { value }) : fault
  return (
    <Tooltip label={said} opened={said !== null} color="red" multiline maw={280} position="bottom">
      <TextInput
        size="xs"
        autoFocus
        inputMode="decimal"
        aria-label={`${label}: ${product.name}`}
        aria-invalid={said !== null}
        error={said !== null}
        value={text}
        readOnly={update.isPending}
        classNames={{ input: classes.input }}
        onChange={event => setText(event.currentTarget.value)}
        onFocus={event => event.currentTarget.select()}
        onBlur={() => (said === null ? void save() : onEnd())}
        onKeyDown={onKeyDown}
        data-control
      />
    </Tooltip>
  )
}
