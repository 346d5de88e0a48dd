import { Button, Modal, UnstyledButton } from '@mantine/core'
import { IconMapPin } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocations } from '~/features/stock/api'
import { NOWHERE, type Place } from '~/features/stock/lines'
import { PlacePicker } from '~/features/stock/PlacePicker'
import { useTexts } from '~/i18n/catalogue'
import { uiTexts } from '~/ui/texts'
import classes from './Scan.module.css'
import type { ScanPlace, ScanSession } from './session'
import { scanTexts } from './texts'
import { nameOf } from './useScanning'

interface PlaceBarProps {
  session: ScanSession
  onPlace: (which: 'place' | 'to', place: ScanPlace) => void
}

/** Where things are, or leave and arrive: scanned, or chosen by a touch. */
export function PlaceBar({ session, onPlace }: PlaceBarProps) {
  const t = useTexts(scanTexts)
  const [choosing, setChoosing] = useState<'place' | 'to' | null>(null)
  const moving = session.mode === 'move'
  return (
    <div className={classes.places}>
      <PlaceButton
        label={moving ? t('from') : t('place')}
        place={session.place}
        none={session.mode === 'issue' || session.mode === 'receive' ? t('anywhere') : t('noPlace')}
        onClick={() => setChoosing('place')}
      />
      {moving && (
        <PlaceButton
          label={t('to')}
          place={session.to}
          none={t('noPlace')}
          onClick={() => setChoosing('to')}
        />
      )}
      <PlaceDialog
        opened={choosing !== null}
        onClose={() => setChoosing(null)}
        onPlace={place => {
          onPlace(choosing ?? 'place', place)
          setChoosing(null)
        }}
      />
    </div>
  )
}

interface PlaceButtonProps {
  label: string
  place: ScanPlace | null
  none: string
  onClick: () => void
}

function PlaceButton({ label, place, none, onClick }: PlaceButtonProps) {
  return (
    <UnstyledButton className={classes.place} onClick={onClick} data-set={place !== null || undefined}>
      <IconMapPin size={22} stroke={1.6} aria-hidden />
      <span className={classes.placeText}>
        <span className={classes.placeLabel}>{label}</span>
        <span className={classes.placeName}>{place ? nameOf(place) : none}</span>
      </span>
    </UnstyledButton>
  )
}

interface PlaceDialogProps {
  opened: boolean
  onClose: () => void
  onPlace: (place: ScanPlace) => void
}

function PlaceDialog({ opened, onClose, onPlace }: PlaceDialogProps) {
  const t = useTexts(scanTexts)
  const ui = useTexts(uiTexts)
  const [place, setPlace] = useState<Place>(NOWHERE)
  const locations = useLocations(null).data ?? []
  const code = locations.find(one => one.id === place.locationId)?.code ?? null
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('choosePlace')}
      closeButtonProps={{ 'aria-label': ui('close') }}
    >
      <PlacePicker place={place} onPlace={setPlace} />
      <Button
        fullWidth
        mt="md"
        size="md"
        onClick={() => {
          const { warehouse, locationId } = place
          if (warehouse !== null) onPlace({ warehouse, locationId, location: code })
        }}
      >
        {t('choose')}
      </Button>
    </Modal>
  )
}
