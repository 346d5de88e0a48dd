import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import { type ComponentPropsWithoutRef, forwardRef } from 'react'
import { useCan } from '~/app/session'

interface ActionButtonProps extends ButtonProps, Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> {
  /** The permission that it asks for: who does not have it is not offered the button. */
  needs?: string | undefined
  /** Why it cannot be pressed now; absent: it can. It is told by a tooltip and to screen readers. */
  disabledReason?: string | undefined
}

/** A button that, when it is off, says why. It stays reachable by keyboard, or nobody could read the reason. */
export const ActionButton = forwardRef<HTMLButtonElement, ActionButtonProps>(function ActionButton(
  { needs, disabledReason, onClick, type = 'button', ...props },
  ref,
) {
  const can = useCan()
  if (needs !== undefined && !can(needs)) return null
  const off = disabledReason !== undefined
  return (
    <Tooltip label={disabledReason} disabled={!off} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...props}
        ref={ref}
        type={off ? 'button' : type}
        aria-disabled={off || undefined}
        data-disabled={off || undefined}
        onClick={off ? event => event.preventDefault() : onClick}
      />
    </Tooltip>
  )
})
