import { defineTexts, useTexts } from '~/i18n/catalogue'

/** Units that are words of a language; others, such as kg, are the same everywhere. */
const unitTexts = defineTexts({
  en: { each: 'each', box: 'box', pack: 'pack' },
  de: { each: 'Stück', box: 'Karton', pack: 'Packung' },
})

/** The unit of a product as people of the language say it; one that the shop has made up as it is. */
export function useUnit(): (unit: string) => string {
  const t = useTexts(unitTexts)
  return unit => (Object.hasOwn(unitTexts.en, unit) ? t(unit as keyof typeof unitTexts.en) : unit)
}
