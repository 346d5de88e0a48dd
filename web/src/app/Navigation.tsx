import { ActionIcon, Drawer, Group, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTexts } from '~/i18n/catalogue'
import { Logo } from './Logo'
import classes from './Navigation.module.css'
import { NAVIGATION, type NavigationEntry, navigationTexts } from './navigation'
import { useMaySee, useMe } from './session'
import { useShortcuts } from './shortcuts'
import { appTexts } from './texts'

/** The groups with the pages that the person may see; all of them until that is known, so that few see them move. */
function useGroups(): NavigationEntry[][] {
  const maySee = useMaySee()
  const unknown = useMe().isPending
  const groups = NAVIGATION.map(group => group.filter(entry => unknown || maySee(entry)))
  return groups.filter(group => group.length > 0)
}

interface NavigationPanelProps {
  collapsed: boolean
  /** null on a tablet, which has no room for more. */
  onCollapse: (() => void) | null
}

/** The navigation at the left of a desk's or tablet's screen. */
export function NavigationPanel({ collapsed, onCollapse }: NavigationPanelProps) {
  const t = useTexts(appTexts)
  const page = useTexts(navigationTexts)
  const navigate = useNavigate()
  const groups = useGroups()
  useShortcuts(
    groups.flat().flatMap(entry =>
      entry.key
        ? [
            {
              keys: `g ${entry.key}`,
              label: t('goTo', { page: page(entry.text) }),
              run: () => void navigate({ to: entry.to }),
            },
          ]
        : [],
    ),
  )
  return (
    <Stack h="100%" gap={0} data-collapsed={collapsed || undefined} className={classes.panel}>
      <Group h={56} px={collapsed ? 0 : 16} justify={collapsed ? 'center' : 'flex-start'} wrap="nowrap">
        <Logo withName={!collapsed} />
      </Group>
      <nav className={classes.groups} aria-label={t('navigation')}>
        {groups.map(group => (
          <ul key={group[0]?.to} className={classes.group}>
            {group.map(entry => (
              <li key={entry.to}>
                <Tooltip label={page(entry.text)} position="right" disabled={!collapsed}>
                  <EntryLink entry={entry} label={page(entry.text)} />
                </Tooltip>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      {onCollapse && <CollapseButton collapsed={collapsed} onCollapse={onCollapse} />}
    </Stack>
  )
}

function CollapseButton({ collapsed, onCollapse }: { collapsed: boolean; onCollapse: () => void }) {
  const t = useTexts(appTexts)
  const label = collapsed ? t('expand') : t('collapse')
  const Icon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <Group p="xs" justify={collapsed ? 'center' : 'flex-end'}>
      <Tooltip label={label} position="right">
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={onCollapse} aria-label={label}>
          <Icon size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}

function EntryLink({
  entry,
  label,
  ...others
}: {
  entry: NavigationEntry
  label: string
  onClick?: () => void
}) {
  const Icon = entry.icon
  return (
    <Link
      {...others}
      to={entry.to}
      className={classes.entry}
      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
      aria-label={label}
    >
      <Icon size={19} stroke={1.7} />
      <span className={classes.label}>{label}</span>
    </Link>
  )
}

/** The bar at the bottom of a phone: four pages, and the rest below “More”. */
export function NavigationBar() {
  const t = useTexts(appTexts)
  const page = useTexts(navigationTexts)
  const [opened, { open, close }] = useDisclosure(false)
  const entries = useGroups().flat()
  const bar = entries.filter(entry => entry.bar).slice(0, 4)
  const others = entries.filter(entry => !bar.includes(entry))
  return (
    <nav className={classes.bar} aria-label={t('navigation')}>
      {bar.map(entry => (
        <Link
          key={entry.to}
          to={entry.to}
          className={classes.barEntry}
          activeOptions={{ exact: entry.to === '/', includeSearch: false }}
        >
          <entry.icon size={22} stroke={1.6} />
          <span>{page(entry.short ?? entry.text)}</span>
        </Link>
      ))}
      {others.length > 0 && (
        <UnstyledButton className={classes.barEntry} onClick={open} aria-haspopup="dialog">
          <IconDots size={22} stroke={1.6} />
          <span>{t('more')}</span>
        </UnstyledButton>
      )}
      <Drawer
        opened={opened}
        onClose={close}
        position="bottom"
        size="auto"
        radius="lg"
        title={<Text fw={600}>{t('more')}</Text>}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <div className={classes.more}>
          {others.map(entry => (
            <EntryLink key={entry.to} entry={entry} label={page(entry.text)} onClick={close} />
          ))}
        </div>
      </Drawer>
    </nav>
  )
}
