import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  mergeThemeOverrides,
} from '@mantine/core'
import { decimalMark } from '~/i18n/amount'
import type { Language } from '~/i18n/catalogue'

/** The one accent: ink on paper. Everything else is grey, except what means something: green came in, red is missing. */
const ink: MantineColorsTuple = [
  '#eef3fd',
  '#dbe5fa',
  '#b6caf5',
  '#8dabee',
  '#6b90e8',
  '#5078dd',
  '#3f66cd',
  '#2f55b8',
  '#26479d',
  '#1c377c',
]
const gray: MantineColorsTuple = [
  '#f8f9fb',
  '#f1f3f6',
  '#e6e9ee',
  '#d7dce3',
  '#bcc3cd',
  '#97a0ad',
  '#6d7785',
  '#4d5663',
  '#343b46',
  '#1d222a',
]
const dark: MantineColorsTuple = [
  '#d5dae2',
  '#b7bec9',
  '#99a2af',
  '#6a7380',
  '#363d47',
  '#2a3039',
  '#21262e',
  '#191d23',
  '#13161b',
  '#0d0f13',
]

const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, gray, dark },
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8438rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { radius: 'xs' } }, // rounder, a small one looks like a radio button
    TextInput: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
    },
    ModalHeader: { defaultProps: { role: 'none' } }, // or it would be a second banner of the page
    DrawerHeader: { defaultProps: { role: 'none' } },
    Menu: {
      // The focus begins at the first item: a place before it would be no item of a menu.
      defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Card: { defaultProps: { withBorder: true, radius: 'md', padding: 'md' } },
    Badge: {
      defaultProps: { radius: 'sm', variant: 'light' },
      styles: { root: { minWidth: 'max-content' }, label: { textTransform: 'none', fontWeight: 550 } },
    },
  },
})

/** What differs by language: the mark that stands before decimals in fields of numbers; both marks are taken as typed. */
export function themeFor(language: Language) {
  const decimalSeparator = decimalMark(language)
  return mergeThemeOverrides(theme, { components: { NumberInput: { defaultProps: { decimalSeparator } } } })
}

/** Greys that are readable: 4.5 to 1 at least on what is below them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5a6472',
    '--mantine-color-placeholder': '#697482',
    '--mantine-color-error': '#c02a2a',
    '--mantine-color-teal-light-color': '#0b5e42',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-red-light-color': '#a11d1d',
    '--mantine-color-gray-light-color': '#414a57',
    '--sb-canvas': '#f6f7f9',
    '--sb-surface': '#ffffff',
    '--sb-line': '#e3e7ec',
    '--sb-hover': '#f2f5fa',
    '--sb-selected': '#e9effb',
    '--sb-good': '#17733f',
    '--sb-bad': '#b42525',
    '--sb-warn': '#8f5600',
    '--sb-chart-in': '#2e9e68',
    '--sb-chart-out': '#3f66cd',
  },
  dark: {
    '--mantine-color-body': '#191d23',
    '--mantine-color-dimmed': '#9ea7b4',
    '--mantine-color-placeholder': '#8b95a3',
    '--mantine-color-error': '#ff8f8f',
    // Tints: what Mantine makes of them is nearly black, and stands out more than what has a colour.
    '--mantine-color-gray-light': '#2b313a',
    '--mantine-color-gray-light-color': '#b7bec9',
    '--mantine-color-ink-light': '#1f2f52',
    '--mantine-color-ink-light-color': '#b6caf5',
    '--mantine-color-yellow-light': '#3d3118',
    '--mantine-color-yellow-light-color': '#f3c277',
    '--mantine-color-teal-light': '#173b2e',
    '--mantine-color-teal-light-color': '#7fdcac',
    '--mantine-color-red-light': '#452327',
    '--mantine-color-red-light-color': '#ffaaaa',
    '--sb-canvas': '#13161b',
    '--sb-surface': '#191d23',
    '--sb-line': '#2c323b',
    '--sb-hover': '#20252d',
    '--sb-selected': '#1f2b45',
    '--sb-good': '#5fcf94',
    '--sb-bad': '#ff8f8f',
    '--sb-warn': '#f0b35c',
    '--sb-chart-in': '#4fbf8a',
    '--sb-chart-out': '#6b90e8',
  },
})
