import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const apiKeyRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/api-keys',
    validateSearch: (raw: Record<string, unknown>): { ended?: boolean } =>
      raw.ended === true ? { ended: true } : {},
    component: lazyRouteComponent(() => import('./ApiKeysPage'), 'ApiKeysPage'),
  }),
] as const
