import { createRoute } from '@tanstack/react-router'
import type { ReservationStatus } from '~/api/schema.gen'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const STATUSES: readonly ReservationStatus[] = ['active', 'fulfilled', 'released', 'expired']

export const reservationRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reservations',
    validateSearch: (raw: Record<string, unknown>): { status?: ReservationStatus } => {
      const status = STATUSES.find(one => one === raw.status)
      return status ? { status } : {}
    },
    component: lazyPage(() => import('./ReservationsPage'), 'ReservationsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reservations/$reservationId',
    component: lazyPage(() => import('./ReservationPage'), 'ReservationPage'),
  }),
] as const
