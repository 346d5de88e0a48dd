import { Anchor, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTexts } from '~/i18n/catalogue'
import classes from './Dashboard.module.css'
import { dashboardTexts } from './texts'

interface PanelProps {
  title: string
  hint?: string
  /** Where all of it is. */
  to?: string
  search?: object
  width?: 'wide' | 'narrow'
  children: ReactNode
}

/** A part of the dashboard with a title. */
export function Panel({ title, hint, to, search, width, children }: PanelProps) {
  const t = useTexts(dashboardTexts)
  return (
    <section className={classes.panel} data-width={width} aria-label={title}>
      <div className={classes.panelHead}>
        <Title order={2}>{title}</Title>
        {to ? (
          <Anchor
            component={Link}
            to={to}
            search={(search ?? {}) as never}
            fz="sm"
            aria-label={`${t('showAll')}: ${title}`}
          >
            {t('showAll')}
          </Anchor>
        ) : (
          <Text fz="xs" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
      {children}
    </section>
  )
}
