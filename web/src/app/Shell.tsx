import { AppShell, Box } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { onSignedOut } from '~/api/client'
import { keys } from '~/api/keys'
import { askForChanges, followChanges, useFeedPosition } from '~/api/live'
import { Problem } from '~/api/problem'
import type { Me } from '~/api/schema.gen'
import { SendScans } from '~/features/scan/SendScans'
import { useTexts } from '~/i18n/catalogue'
import { stored, useStored } from '~/stored'
import { LoadFailed, RowsSkeleton } from '~/ui/QueryView'
import { ClosedPage } from './errors'
import { GlobalScan } from './GlobalScan'
import { Header } from './Header'
import { NavigationBar, NavigationPanel } from './Navigation'
import { demandOf } from './navigation'
import { OfflineNotice } from './OfflineNotice'
import { Palette } from './Palette'
import { ScannerDialog } from './ScannerDialog'
import classes from './Shell.module.css'
import { ShortcutsDialog } from './ShortcutsDialog'
import { useMaySee, useMe } from './session'
import { appTexts } from './texts'

const collapsedStore = stored<boolean>('stockbook-navigation-collapsed', false, value =>
  typeof value === 'boolean' ? value : undefined,
)

/** What stands around every page: navigation, search, who is signed in. Without anybody it leads to the sign-in page. */
export function Shell() {
  const t = useTexts(appTexts)
  const me = useMe()
  const queryClient = useQueryClient()
  const tablet = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false }) ?? false
  const collapsed = useStored(collapsedStore) || tablet
  const [connected, setConnected] = useState(true)
  const listens = me.data && mayListen(me.data)
  const position = useFeedPosition(listens ?? false).data

  useEffect(() => onSignedOut(() => void queryClient.resetQueries({ queryKey: keys.me() })), [queryClient])
  useEffect(() => {
    if (listens === false) return askForChanges(queryClient, setConnected)
    if (listens && position !== undefined) return followChanges(queryClient, setConnected, position)
  }, [queryClient, listens, position])
  useFocusOnNewPage()

  if (me.error instanceof Problem && me.error.status === 401) {
    return <ToSignIn />
  }
  return (
    <AppShell
      layout="alt"
      header={{ height: 56 }}
      navbar={{ width: collapsed ? 68 : 224, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 'calc(60px + env(safe-area-inset-bottom))', sm: 0 } }}
      padding={0}
      transitionDuration={0}
    >
      <button type="button" className={classes.skip} onClick={focusMain}>
        {t('skip')}
      </button>
      <AppShell.Header className={classes.header} withBorder>
        <Header />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} visibleFrom="sm" withBorder>
        <NavigationPanel
          collapsed={collapsed}
          onCollapse={tablet ? null : () => collapsedStore.set(!collapsed)}
        />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="main" tabIndex={-1}>
        {!connected && <OfflineNotice />}
        <SendScans />
        <Box className={classes.page}>
          {me.isError ? (
            <LoadFailed error={me.error} onRetry={() => void me.refetch()} />
          ) : me.isPending || (listens && position === undefined) ? (
            <RowsSkeleton rows={8} height={24} />
          ) : (
            <Page />
          )}
        </Box>
      </AppShell.Main>
      <AppShell.Footer className={classes.footer} hiddenFrom="sm" withBorder>
        <NavigationBar />
      </AppShell.Footer>
      <Palette />
      <ShortcutsDialog />
      <ScannerDialog />
      <GlobalScan />
    </AppShell>
  )
}

/** The page, if it is for whoever is there. */
function Page() {
  const pathname = usePathname()
  const demand = demandOf(pathname)
  return useMaySee()(demand) ? <Outlet /> : <ClosedPage permission={demand.permission} />
}

/**
 * Whether the change feed tells them of all that they see. Whoever is limited to warehouses sees the shop's totals, too, and is not
 * told of what changes them elsewhere.
 */
function mayListen({ permissions, user }: Me): boolean {
  return permissions.includes('events.read') && !user?.warehouses
}

/** Once, and not by `Navigate`: that goes again at each render, and the shell is drawn anew while the page is on its way. */
function ToSignIn() {
  const navigate = useNavigate()
  const [next] = useState(useLocation().href)
  useEffect(() => {
    void navigate({ to: '/sign-in', search: { next }, replace: true })
  }, [navigate, next])
  return null
}

function focusMain(): void {
  document.getElementById('main')?.focus()
}

/** Without what stands behind it: the shell is not drawn anew with each letter of a search. */
function usePathname(): string {
  return useLocation({ select: location => location.pathname })
}

/** `g p`, `g d` … are part of the navigation; here the focus follows, so that a screen reader reads the new page. */
function useFocusOnNewPage(): void {
  const pathname = usePathname()
  const [first, setFirst] = useState(pathname)
  const navigate = useNavigate()
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new page moves the focus
  useEffect(() => {
    if (pathname === first) return
    setFirst('')
    const inside = document.activeElement?.closest('#main input, #main textarea')
    if (!inside) document.getElementById('main')?.focus({ preventScroll: true })
  }, [pathname, navigate])
}
