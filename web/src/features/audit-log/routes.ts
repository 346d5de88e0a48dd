import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseAuditSearch } from './search'

export const auditLogRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/audit-log',
    validateSearch: parseAuditSearch,
    component: lazyRouteComponent(() => import('./AuditLogPage'), 'AuditLogPage'),
  }),
] as const
