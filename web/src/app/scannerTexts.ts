import { defineTexts } from '~/i18n/catalogue'

export const scannerTexts = defineTexts({
  en: {
    title: 'Scanner of this device',
    intro:
      'A gun that types like a keyboard works as it is. Change this only if yours adds something, or is slow.',
    prefix: 'Prefix',
    prefixHint: 'What it puts in front; empty: nothing',
    suffix: 'Ends with',
    gap: 'Slowest gap in ms',
    gapHint: 'More for slow guns by radio',
    length: 'Shortest code',
    tryIt: 'Scan something to try it.',
    read: 'Read: {code}',
    reset: 'Reset',
  },
  de: {
    title: 'Scanner dieses Geräts',
    intro:
      'Ein Handscanner, der wie eine Tastatur schreibt, geht ohne Weiteres. Nur ändern, wenn er etwas hinzufügt oder langsam ist.',
    prefix: 'Präfix',
    prefixHint: 'Was er davorsetzt; leer: nichts',
    suffix: 'Endet mit',
    gap: 'Größter Abstand in ms',
    gapHint: 'Mehr für langsame Funkscanner',
    length: 'Kürzester Code',
    tryIt: 'Zum Ausprobieren etwas scannen.',
    read: 'Gelesen: {code}',
    reset: 'Zurücksetzen',
  },
})
