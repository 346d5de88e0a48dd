import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconBarcode } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '~/i18n/catalogue'
import { SCANNER_DEFAULTS } from '~/scanner/detector'
import { scannerSettings, useScanner } from '~/scanner/scanner'
import { play } from '~/scanner/sound'
import { useStored } from '~/stored'
import { scannerTexts } from './scannerTexts'

/** How the gun of this desk is set, and a place to try it. */
export function ScannerForm() {
  const t = useTexts(scannerTexts)
  const settings = useStored(scannerSettings)
  const [code, setCode] = useState<string | null>(null)
  useScanner(scan => {
    setCode(scan)
    play('done')
  })
  return (
    <Stack gap="sm">
      <Text fz="sm" c="dimmed">
        {t('intro')}
      </Text>
      <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
        <TextInput
          label={t('prefix')}
          description={t('prefixHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={settings.prefix}
          onChange={event => scannerSettings.set({ ...settings, prefix: event.currentTarget.value })}
        />
        <Select
          label={t('suffix')}
          data={['Enter', 'Tab']}
          value={settings.suffix}
          allowDeselect={false}
          onChange={suffix =>
            scannerSettings.set({ ...settings, suffix: suffix === 'Tab' ? 'Tab' : 'Enter' })
          }
        />
        <NumberInput
          label={t('gap')}
          description={t('gapHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          min={10}
          max={150}
          value={settings.gapMsMax}
          onChange={gap =>
            scannerSettings.set({ ...settings, gapMsMax: Number(gap) || SCANNER_DEFAULTS.gapMsMax })
          }
        />
        <NumberInput
          label={t('length')}
          min={1}
          max={20}
          value={settings.lengthMin}
          onChange={length =>
            scannerSettings.set({ ...settings, lengthMin: Number(length) || SCANNER_DEFAULTS.lengthMin })
          }
        />
      </SimpleGrid>
      <Group gap="sm" wrap="nowrap" role="status">
        <IconBarcode size={28} stroke={1.5} aria-hidden />
        <Text fz="sm">{code === null ? t('tryIt') : t('read', { code })}</Text>
      </Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => scannerSettings.set(SCANNER_DEFAULTS)}>
          {t('reset')}
        </Button>
      </Group>
    </Stack>
  )
}
