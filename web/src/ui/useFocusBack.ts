import { useEffect, useState } from 'react'

/** What had the focus last: a button that is off while it works has lost it by the time its dialog comes. */
let last: HTMLElement | null = null
document.addEventListener('focusin', event => {
  if (event.target instanceof HTMLElement) last = event.target
})

/** What a dialog that has just gone gives the focus to: one that comes in its place gives it there in the end. */
let given: HTMLElement | null = null

function focused(): HTMLElement | null {
  const now = document.activeElement
  return now instanceof HTMLElement && now !== document.body ? now : last
}

/** Gives the focus back to what had it before this was shown, as a dialog does that is drawn only while it is open. */
export function useFocusBack(): void {
  const [before] = useState(focused)
  useEffect(() => {
    const back = given ?? before
    return () => {
      given = back
      // Not within React's own work, in which the dialog still holds it. What is gone by then was an entry of a menu.
      setTimeout(() => {
        given = null
        if (back?.isConnected) back.focus({ preventScroll: true })
      })
    }
  }, [before])
}
