import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '~/app/root'

export const categoryRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/categories',
    component: lazyRouteComponent(() => import('./CategoriesPage'), 'CategoriesPage'),
  }),
] as const
