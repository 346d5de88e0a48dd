import { useEffect, useState } from 'react'

/** Gives the focus back to what had it before this was shown, as a dialog does that is drawn only while it is open. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      // Not within React's own work, in which the dialog still holds it. What is gone by then was an entry of a menu.
      setTimeout(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
      })
    },
    [before],
  )
}
