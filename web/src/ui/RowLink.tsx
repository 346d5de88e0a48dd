import { Anchor } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

interface RowLinkProps {
  /** A page of this app, such as `/products/17`. */
  to: string
  className?: string | undefined
  children: ReactNode
}

/**
 * The link of a row in a long list. Not the router's own: that looks at each new address, and here they are forty. The row
 * has the focus and opens by Enter, so the link is for the mouse, and for what a browser does with links.
 */
export function RowLink({ to, className, children }: RowLinkProps) {
  const router = useRouter()
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void router.navigate({ to })
  }
  return (
    <Anchor href={`/app${to}`} tabIndex={-1} className={className} onClick={open}>
      {children}
    </Anchor>
  )
}
