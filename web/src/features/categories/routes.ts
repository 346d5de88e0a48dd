import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { shellRoute } from '~/app/root'

export const categoryRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/categories',
    component: lazyPage(() => import('./CategoriesPage'), 'CategoriesPage'),
  }),
] as const
