import { createRootRoute, createRoute } from '@tanstack/react-router'
import { Shell } from './Shell'

export const rootRoute = createRootRoute()

/** Pages within the shell: what everyone sees who is signed in. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
})
