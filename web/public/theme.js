// Before the first paint, so that nobody who has chosen the dark theme sees a white page first.
;(() => {
  const chosen = localStorage.getItem('mantine-color-scheme-value') ?? 'auto'
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  const scheme = chosen === 'auto' ? (dark ? 'dark' : 'light') : chosen
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
  document.documentElement.style.colorScheme = scheme
})()
