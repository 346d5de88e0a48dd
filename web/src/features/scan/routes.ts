import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { MODES, type Mode } from './session'

export const scanRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/scan',
  // Links can name the mode; on the page it is what was chosen last.
  validateSearch: (raw: Record<string, unknown>): { mode?: Mode } => {
    const mode = MODES.find(one => one === raw.mode)
    return mode ? { mode } : {}
  },
  component: lazyPage(() => import('./ScanPage'), 'ScanPage'),
})
