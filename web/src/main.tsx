import { createRouter, RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { newQueryClient } from './api/query'
import { NotFoundPage, PageError } from './app/errors'
import { Providers } from './app/Providers'
import { startShortcuts } from './app/shortcuts'
import { routeTree } from './routes'
import { startScanner } from './scanner/scanner'

const queryClient = newQueryClient()
const router = createRouter({
  routeTree,
  basepath: '/app',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFoundPage,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

startScanner() // first: the keys of a scan are nobody else's
startShortcuts()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Providers queryClient={queryClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  )
}
