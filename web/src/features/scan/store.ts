import { stored } from '~/stored'
import { MODES, NEW_SESSION, type ScanSession } from './session'

/** What is being scanned in this browser. */
export const sessionStore = stored<ScanSession>('stockbook-scan', NEW_SESSION, value => {
  const session = { ...NEW_SESSION, ...(value as Partial<ScanSession>) }
  if (!MODES.includes(session.mode) || !Array.isArray(session.lines)) return undefined
  // What an older release has kept knows no lots and no purpose.
  const purpose = session.purpose ?? (session.mode === 'lookup' ? null : session.mode)
  return { ...session, purpose, lines: session.lines.map(line => ({ ...line, lot: line.lot ?? null })) }
})
