import type { ReactNode } from 'react'
import { useCan } from '~/app/session'

interface MayProps {
  /** The permission that what is below asks for. */
  needs: string
  children: ReactNode
}

/** What is offered to those only who may do it. */
export function May({ needs, children }: MayProps) {
  return useCan()(needs) ? children : null
}
