import { createRootRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

export const rootRoute = createRootRoute()

/** Pages within the shell: what everyone sees who is signed in. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
})
