import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'
import { parseAuditSearch } from './search'

export const auditLogRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/audit-log',
    validateSearch: parseAuditSearch,
    component: lazyPage(() => import('./AuditLogPage'), 'AuditLogPage'),
  }),
] as const
