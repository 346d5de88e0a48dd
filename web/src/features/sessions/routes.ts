import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '~/app/root'

export const sessionRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { next?: string; failed?: string } => ({
      ...(typeof search.next === 'string' && { next: search.next }),
      ...(typeof search.failed === 'string' && { failed: search.failed }),
    }),
    component: lazyRouteComponent(() => import('./SignInPage'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/setup',
    component: lazyRouteComponent(() => import('./SetupPage'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/password-reset',
    component: lazyRouteComponent(() => import('./PasswordResetPage'), 'PasswordResetPage'),
  }),
] as const
