import { Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ComponentType, ReactNode } from 'react'
import classes from './Dashboard.module.css'

interface TileProps {
  icon: ComponentType<{ size?: number; stroke?: number }>
  label: string
  /** The figure; undefined while it is read. */
  value: ReactNode | undefined
  hint?: ReactNode
  /** The list that it counts. */
  to: string
  search?: object
  tone?: 'warn' | 'bad' | undefined
}

/** One figure, which leads to what it counts. */
export function Tile({ icon: Icon, label, value, hint, to, search, tone }: TileProps) {
  return (
    <Link to={to} search={(search ?? {}) as never} className={classes.tile}>
      <span className={classes.tileLabel}>
        <Icon size={16} stroke={1.7} />
        {label}
      </span>
      {value === undefined ? (
        <Skeleton className={classes.tileValue} height="1.35em" width="55%" />
      ) : (
        <span className={`${classes.tileValue} ${tone ?? ''}`}>{value}</span>
      )}
      <span className={classes.tileHint}>{hint || '\u00a0'}</span>
    </Link>
  )
}
