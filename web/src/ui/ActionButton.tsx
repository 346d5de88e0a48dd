import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import { type ComponentPropsWithoutRef, forwardRef } from 'react'

interface ActionButtonProps extends ButtonProps, Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> {
  /** Why it cannot be pressed now; absent: it can. It is told by a tooltip and to screen readers. */
  disabledReason?: string | undefined
}

/** A button that, when it is off, says why. It stays reachable by keyboard, or nobody could read the reason. */
export const ActionButton = forwardRef<HTMLButtonElement, ActionButtonProps>(function ActionButton(
  { disabledReason, onClick, type = 'button', ...props },
  ref,
) {
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
