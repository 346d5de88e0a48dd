import { Link } from '@tanstack/react-router'
import classes from './Header.module.css'

/** Three lines of a ledger, the last one still being written. */
export function Logo({ withName = true }: { withName?: boolean }) {
  return (
    <Link to="/" className={classes.logo} aria-label="Stockbook">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#2f55b8" />
        <path d="M8 9.5h16M8 16h16M8 22.5h9" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
        <circle cx="23" cy="22.5" r="2.2" fill="#8fb4ff" />
      </svg>
      {withName && <span>Stockbook</span>}
    </Link>
  )
}
