import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '~/app/lazyPage'
import { rootRoute } from '~/app/root'

export const sessionRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { next?: string; failed?: string } => ({
      ...(typeof search.next === 'string' && { next: search.next }),
      ...(typeof search.failed === 'string' && { failed: search.failed }),
    }),
    component: lazyPage(() => import('./SignInPage'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/setup',
    component: lazyPage(() => import('./SetupPage'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/password-reset',
    component: lazyPage(() => import('./PasswordResetPage'), 'PasswordResetPage'),
  }),
] as const
