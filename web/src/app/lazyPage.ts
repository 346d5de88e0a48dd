import { lazyRouteComponent } from '@tanstack/react-router'

/** The code of a page did not arrive: the server is away, or is a newer one that no longer has it. */
export class PageNotLoaded extends Error {
  override name = 'PageNotLoaded'
}

/**
 * A page that is loaded when it is wanted. When that fails, the page says so and goes on by itself; the router would reload
 * at once, and leave people with the browser's own error.
 */
export const lazyPage: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(
    () =>
      load().catch(error => {
        throw new PageNotLoaded('the page was not loaded', { cause: error })
      }),
    name,
  )

/** Whether code of the app is missing; also that of a part of a page, such as a chart. */
export function isNotLoaded(error: unknown): boolean {
  if (error instanceof PageNotLoaded) return true
  const message = error instanceof Error ? error.message : ''
  return /dynamically imported module|Importing a module script failed|Unable to preload CSS/.test(message)
}
