import { Select, SimpleGrid } from '@mantine/core'
import { useLayoutEffect } from 'react'
import type { StockLevel } from '~/api/schema.gen'
import { useWarehouses } from '~/features/products/api'
import { useTexts } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { useLocations } from './api'
import type { Place } from './lines'
import { stockTexts } from './texts'

interface PlacePickerProps {
  place: Place
  onPlace: (place: Place) => void
  /** What the warehouse is: where it is, leaves, arrives. */
  label?: string
  /** What is there of the product in question: said beside each location. */
  levels?: readonly StockLevel[] | undefined
  /** What no location means. */
  anywhere?: string
  /** Whether the warehouse may be left open too. */
  optional?: boolean
  error?: string | undefined
}

/** A warehouse, and a location in it if one wants to say. The first warehouse is chosen, as the server would. */
export function PlacePicker({ place, onPlace, label, levels, anywhere, optional, error }: PlacePickerProps) {
  const t = useTexts(stockTexts)
  const format = useFormat()
  const warehouses = useWarehouses().data
  const locations = useLocations(place.warehouse).data ?? []
  const open = warehouses?.filter(one => !one.archived) ?? []
  const first = open[0]?.code
  // In the same moment as it is drawn: later it would replace a place that was scanned in between.
  useLayoutEffect(() => {
    if (!optional && place.warehouse === null && first) onPlace({ warehouse: first, locationId: null })
  }, [optional, place.warehouse, first, onPlace])
  const heldAt = (id: number) => {
    const held = levels?.filter(level => level.location_id === id) ?? []
    return held.length > 0 ? ` · ${format.quantity(held.reduce((sum, level) => sum + level.on_hand, 0))}` : ''
  }
  const chosen = place.locationId === null ? null : String(place.locationId)
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      <Select
        label={label ?? t('warehouse')}
        placeholder={optional ? t('anyWarehouse') : ''}
        data={open.map(one => ({ value: one.code, label: `${one.code} · ${one.name}` }))}
        value={place.warehouse}
        onChange={warehouse => onPlace({ warehouse, locationId: null })}
        allowDeselect={optional ?? false}
        clearable={optional ?? false}
        clearButtonProps={{ 'aria-label': t('anyWarehouse') }}
      />
      <Select
        label={label ? t('locationOf', { place: label }) : t('location')}
        placeholder={anywhere ?? t('defaultLocation')}
        data={locations
          .filter(one => one.warehouse === place.warehouse)
          .map(one => ({ value: String(one.id), label: `${one.code}${heldAt(one.id)}` }))}
        value={chosen}
        onChange={id => onPlace({ ...place, locationId: id === null ? null : Number(id) })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('noLocation') }}
        disabled={place.warehouse === null}
        error={error}
      />
    </SimpleGrid>
  )
}
