import '@mantine/core/styles.css'
import '@mantine/dates/styles.css'
import '@mantine/notifications/styles.css'
import './global.css'
import { MantineProvider } from '@mantine/core'
import { DatesProvider } from '@mantine/dates'
import { useMediaQuery } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo } from 'react'
import { useLanguage } from '~/i18n/catalogue'
import { cssVariables, themeFor } from './theme'

/** What everything stands in: queries, theme, language of dates, notifications. */
export function Providers({ queryClient, children }: { queryClient: QueryClient; children: ReactNode }) {
  const language = useLanguage()
  const theme = useMemo(() => themeFor(language), [language])
  // Where they cover no button: on a desk over the end of the navigation, on a phone over the head of the page.
  const phone = useMediaQuery('(max-width: 48em)')
  useEffect(() => {
    document.documentElement.lang = language
    if (language === 'de') void import('dayjs/locale/de') // for calendars; English they know
  }, [language])
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <DatesProvider settings={{ locale: language, firstDayOfWeek: 1 }}>
          <Notifications position={phone ? 'top-center' : 'bottom-left'} limit={4} zIndex={1000} />
          {children}
        </DatesProvider>
      </MantineProvider>
    </QueryClientProvider>
  )
}
