import {
  ActionIcon,
  Badge,
  Box,
  Group,
  Kbd,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import {
  IconBarcode,
  IconDeviceDesktop,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUserCircle,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, data } from '~/api/client'
import { LANGUAGES, languageStore, useLanguage, useTexts } from '~/i18n/catalogue'
import { watchScans } from '~/scanner/scanner'
import { soundStore } from '~/scanner/sound'
import { useStored } from '~/stored'
import { notifyProblem } from '~/ui/problems'
import { roleTexts } from '~/ui/roles'
import classes from './Header.module.css'
import { Logo } from './Logo'
import { LANGUAGE_NAMES } from './languages'
import { ACCOUNT_PAGES, navigationTexts } from './navigation'
import { openPalette } from './Palette'
import { openScannerSettings } from './ScannerDialog'
import { openShortcuts } from './ShortcutsDialog'
import { useMe } from './session'
import { appTexts } from './texts'

const THEMES = [
  ['light', 'themeLight', IconSun],
  ['dark', 'themeDark', IconMoon],
  ['auto', 'themeAuto', IconDeviceDesktop],
] as const
const mod = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl'

export function Header() {
  const t = useTexts(appTexts)
  return (
    <Group h="100%" px={{ base: 12, sm: 24 }} justify="space-between" wrap="nowrap" gap="sm">
      <Box hiddenFrom="sm">
        <Logo />
      </Box>
      <UnstyledButton className={classes.search} onClick={openPalette} visibleFrom="sm">
        <IconSearch size={16} stroke={1.8} />
        <span className={classes.searchText}>{t('searchAll')}</span>
        <Kbd size="xs">{mod} K</Kbd>
      </UnstyledButton>
      <Group gap={6} wrap="nowrap">
        <ScannerLight />
        <ActionIcon
          hiddenFrom="sm"
          variant="subtle"
          color="gray"
          size={40}
          onClick={openPalette}
          aria-label={t('search')}
        >
          <IconSearch size={20} stroke={1.7} />
        </ActionIcon>
        <AccountMenu />
      </Group>
    </Group>
  )
}

/** Shows that a scan has arrived, and which. */
function ScannerLight() {
  const t = useTexts(appTexts)
  const [code, setCode] = useState<string | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const unwatch = watchScans(scan => {
      clearTimeout(timer)
      setCode(scan)
      timer = setTimeout(() => setCode(null), 2500)
    })
    return () => {
      clearTimeout(timer)
      unwatch()
    }
  }, [])
  return (
    <Tooltip label={t('scannerReady')} disabled={code !== null}>
      <Badge
        className={classes.scanner}
        variant="light"
        color={code ? 'teal' : 'gray'}
        size="lg"
        leftSection={<IconBarcode size={16} stroke={1.6} aria-hidden />}
        role="status"
        aria-label={code ? t('scanned', { code }) : t('scannerReady')}
      >
        <span className={classes.scannerCode}>{code ?? ''}</span>
      </Badge>
    </Tooltip>
  )
}

function AccountMenu() {
  const t = useTexts(appTexts)
  const page = useTexts(navigationTexts)
  const role = useTexts(roleTexts)
  const me = useMe().data
  const language = useLanguage()
  const sound = useStored(soundStore)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    try {
      await data(api.DELETE('/sessions/current'))
      queryClient.clear()
      await navigate({ to: '/sign-in' })
    } catch (error) {
      notifyProblem(error)
    }
  }
  return (
    <Menu
      position="bottom-end"
      width={248}
      withinPortal={false}
      classNames={{ itemIndicator: classes.indicator }}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={40} aria-label={t('account')}>
          <IconUserCircle size={22} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py={6}>
          <Text fw={600} fz="sm">
            {me?.user?.name ?? (me?.kind === 'demo' ? t('demo') : me?.name)}
          </Text>
          {me?.user && (
            <Text fz="xs" c="dimmed">
              {me.user.email} · {role(me.user.role)}
            </Text>
          )}
        </Box>
        <Menu.Divider />
        {ACCOUNT_PAGES.map(entry => (
          <Menu.Item
            key={entry.to}
            component={Link}
            to={entry.to}
            leftSection={<entry.icon size={16} stroke={1.6} />}
          >
            {page(entry.text)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('theme')}</Menu.Label>
        {THEMES.map(([scheme, text, Icon]) => (
          <Menu.RadioItem
            key={scheme}
            value={scheme}
            checked={colorScheme === scheme}
            onChange={() => setColorScheme(scheme)}
            className={classes.choice}
          >
            <Icon size={16} stroke={1.6} />
            {t(text)}
          </Menu.RadioItem>
        ))}
        <Menu.Label>{t('language')}</Menu.Label>
        {LANGUAGES.map(one => (
          <Menu.RadioItem
            key={one}
            value={one}
            lang={one}
            checked={language === one}
            onChange={() => languageStore.set(one)}
            className={classes.choice}
          >
            <IconLanguage size={16} stroke={1.6} />
            {LANGUAGE_NAMES[one]}
          </Menu.RadioItem>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem checked={sound} onChange={on => soundStore.set(on)} className={classes.choice}>
          {sound ? <IconVolume size={16} stroke={1.6} /> : <IconVolumeOff size={16} stroke={1.6} />}
          {t('sounds')}
        </Menu.CheckboxItem>
        <Menu.Item leftSection={<IconBarcode size={16} stroke={1.6} />} onClick={openScannerSettings}>
          {t('scannerSettings')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={16} stroke={1.6} />}
          rightSection={<Kbd size="xs">?</Kbd>}
          onClick={openShortcuts}
        >
          {t('shortcuts')}
        </Menu.Item>
        <Menu.Item component="a" href="/docs/" target="_blank" leftSection={<Text fz="xs">{'{}'}</Text>}>
          {t('apiDocs')}
        </Menu.Item>
        {me?.kind === 'user' && (
          <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => void signOut()}>
            {t('signOut')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
