import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Panel.module.css'

interface PanelProps {
  title: string
  /** At the right of the title: a link, a button, a filter. */
  beside?: ReactNode
  children: ReactNode
}

/** A part of a page on a surface of its own. */
export function Panel({ title, beside, children }: PanelProps) {
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.head}>
        <Title order={2}>{title}</Title>
        {beside}
      </div>
      {children}
    </section>
  )
}
