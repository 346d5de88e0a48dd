import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import classes from './Palette.module.css'
import { type Hit, usePaletteHits } from './paletteHits'
import { useShortcuts } from './shortcuts'
import { appTexts } from './texts'

const OPEN = 'stockbook-palette'
/** Between a key and the question to the server. */
const TYPING_MS = 60

export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN))
}

/** Ctrl-K: to any page, product, order or action by a few letters. The first hit is chosen: Enter opens it. */
export function Palette() {
  const t = useTexts(appTexts)
  const [opened, setOpened] = useState(false)
  useEffect(() => {
    const open = () => setOpened(true)
    window.addEventListener(OPEN, open)
    return () => window.removeEventListener(OPEN, open)
  }, [])
  useShortcuts([
    { keys: 'mod+k', label: t('search'), run: openPalette },
    { keys: '/', label: t('search'), run: openPalette },
  ])
  return (
    <Modal.Root
      opened={opened}
      onClose={() => setOpened(false)}
      centered={false}
      yOffset="12vh"
      size={620}
      padding={0}
      radius="md"
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t('search')}>
        <PaletteContent onClose={() => setOpened(false)} />
      </Modal.Content>
    </Modal.Root>
  )
}

function PaletteContent({ onClose }: { onClose: () => void }) {
  const t = useTexts(appTexts)
  const listId = useId()
  const [query, setQuery] = useState('')
  const [asked] = useDebouncedValue(query.trim(), TYPING_MS)
  const { groups, searching, settled } = usePaletteHits(asked)
  const shown = settled && asked === query.trim()
  const [entered, setEntered] = useState(false)
  const [chosen, setChosen] = useState(0)
  const hits = groups.flatMap(group => group.hits)
  const current = Math.min(chosen, hits.length - 1)

  const open = (hit: Hit | undefined) => {
    if (!hit) return
    onClose()
    hit.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (event.key === 'Enter') setEntered(true)
    else if (step && hits.length > 0) setChosen((current + step + hits.length) % hits.length)
    else return
    event.preventDefault()
  }
  // Enter means what is typed: the hits for what was typed before are not opened.
  useEffect(() => {
    if (!entered || !shown) return
    setEntered(false)
    open(hits[current])
  })
  const optionId = (index: number) => `${listId}-${index}`
  useEffect(() => {
    document.getElementById(`${listId}-${current}`)?.scrollIntoView({ block: 'nearest' })
  }, [listId, current])

  return (
    <>
      <TextInput
        data-autofocus
        variant="unstyled"
        size="lg"
        leftSection={<IconSearch size={18} stroke={1.7} />}
        className={classes.search}
        placeholder={t('searchAll')}
        value={query}
        onChange={event => {
          setQuery(event.currentTarget.value)
          setChosen(0)
          setEntered(false)
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-label={t('search')}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={hits.length > 0 ? optionId(current) : undefined}
      />
      <div id={listId} role="listbox" aria-label={t('search')} className={classes.list} tabIndex={-1}>
        {groups.map(group => (
          // biome-ignore lint/a11y/useSemanticElements: options stand in groups, which <select> cannot style
          <div key={group.title} role="group" aria-label={group.title}>
            <div className={classes.group} aria-hidden>
              {group.title}
            </div>
            {group.hits.map(hit => {
              const index = hits.indexOf(hit)
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, as in every combobox
                // biome-ignore lint/a11y/useKeyWithClickEvents: so does the keyboard
                <div
                  key={hit.key}
                  id={optionId(index)}
                  role="option"
                  aria-selected={index === current}
                  className={classes.hit}
                  onClick={() => open(hit)}
                  onMouseMove={() => setChosen(index)}
                >
                  <hit.icon size={18} stroke={1.6} />
                  <span className={classes.main}>
                    <span className={classes.title}>{hit.title}</span>
                    {hit.below && <span className={classes.below}>{hit.below}</span>}
                  </span>
                  <span className={classes.right}>{hit.right}</span>
                </div>
              )
            })}
          </div>
        ))}
      </div>
      {hits.length === 0 && (
        <div className={classes.none} role="status">
          {searching ? t('searching') : asked === '' ? t('searchHint') : t('nothingFound', { query: asked })}
        </div>
      )}
    </>
  )
}
