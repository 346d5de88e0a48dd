import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'
import { parseStation } from './station'

export const scanRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/scan',
    validateSearch: parseStation,
    component: lazyRouteComponent(() => import('./StationPage'), 'StationPage'),
  }),
] as const
