import { ActionIcon, Group, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useTexts } from '~/i18n/catalogue'
import { ActionButton } from './ActionButton'
import { May } from './May'
import { uiTexts } from './texts'

/** One thing that can be done with a row. */
export interface RowAction {
  title: string
  /** What it does with which row, for screen readers. */
  label: string
  onClick: () => void
  /** Why it cannot be done now: told by the button, and left out of a menu. */
  disabledReason?: string | undefined
  /** What takes something away stands back. */
  quiet?: true
}

interface RowActionsProps {
  /** Which row it is, for screen readers. */
  of: string
  needs: string
  actions: readonly RowAction[]
  /** The width from which they stand beside each other; below it they are a menu. */
  from: 'sm' | 'lg'
}

/** What can be done with a row of a table. */
export function RowActions({ of, needs, actions, from }: RowActionsProps) {
  const t = useTexts(uiTexts)
  return (
    <>
      <Group gap={4} justify="flex-end" wrap="nowrap" visibleFrom={from}>
        {actions.map(({ title, label, onClick, disabledReason, quiet }) => (
          <ActionButton
            key={title}
            size="compact-sm"
            variant="subtle"
            {...(quiet && { color: 'gray' })}
            needs={needs}
            disabledReason={disabledReason}
            aria-label={label}
            onClick={onClick}
          >
            {title}
          </ActionButton>
        ))}
      </Group>
      <May needs={needs}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              hiddenFrom={from}
              aria-label={t('actionsOf', { name: of })}
            >
              <IconDots size={18} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {actions
              .filter(action => action.disabledReason === undefined)
              .map(({ title, label, onClick }) => (
                <Menu.Item key={title} aria-label={label} onClick={onClick}>
                  {title}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      </May>
    </>
  )
}
