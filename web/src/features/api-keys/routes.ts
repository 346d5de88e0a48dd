import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const apiKeyRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/api-keys',
    validateSearch: (raw: Record<string, unknown>): { ended?: boolean } =>
      raw.ended === true ? { ended: true } : {},
    component: lazyPage(() => import('./ApiKeysPage'), 'ApiKeysPage'),
  }),
] as const
