import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { useActiveShortcuts, useShortcuts } from './shortcuts'
import { appTexts } from './texts'

const OPEN = 'stockbook-shortcuts'

export function openShortcuts(): void {
  window.dispatchEvent(new Event(OPEN))
}

/** Lists the keys that work on the page. */
export function ShortcutsDialog() {
  const t = useTexts(appTexts)
  const [opened, { open, close }] = useDisclosure(false)
  const shortcuts = useActiveShortcuts()
  useShortcuts([{ keys: '?', label: t('shortcuts'), run: open }])
  useEffect(() => {
    window.addEventListener(OPEN, open)
    return () => window.removeEventListener(OPEN, open)
  }, [open])
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('shortcuts')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap={0}>
        {shortcuts.map(shortcut => (
          <Group
            key={shortcut.keys}
            data-shortcut={shortcut.keys}
            justify="space-between"
            py={7}
            wrap="nowrap"
          >
            <Text fz="sm">{shortcut.label}</Text>
            <Keys keys={shortcut.keys} />
          </Group>
        ))}
        <Text c="dimmed" fz="xs" mt="sm">
          {t('shortcutsHint')}
        </Text>
      </Stack>
    </Modal>
  )
}

function Keys({ keys }: { keys: string }) {
  const t = useTexts(appTexts)
  const [first, second] = keys.split(' ')
  const shown = (key = '') => key.replace('mod+', navigator.platform.startsWith('Mac') ? '⌘ ' : 'Ctrl ')
  return (
    <Group gap={6} wrap="nowrap">
      <Kbd>{shown(first).toUpperCase()}</Kbd>
      {second && (
        <>
          <Text fz="xs" c="dimmed">
            {t('thenKey')}
          </Text>
          <Kbd>{second.toUpperCase()}</Kbd>
        </>
      )}
    </Group>
  )
}
