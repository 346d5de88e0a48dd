import { defineTexts } from '~/i18n/catalogue'

export const sessionTexts = defineTexts({
  en: {
    signIn: 'Sign in',
    signInTo: 'Sign in to Stockbook',
    email: 'Email',
    password: 'Password',
    wrong: 'This email and password do not belong together.',
    tooMany: 'Too many tries. Wait a moment, then try again.',
    setupTitle: 'Welcome to Stockbook',
    setupText: 'Create the first administrator. The server has printed a setup token where it was started.',
    setupToken: 'Setup token',
    setupTokenHint: 'From the server’s output at its first start',
    name: 'Your name',
    passwordHint: 'At least 8 characters',
    create: 'Create administrator',
    tagline: 'Stock, kept the way a bank keeps money.',
  },
  de: {
    signIn: 'Anmelden',
    signInTo: 'Bei Stockbook anmelden',
    email: 'E-Mail',
    password: 'Passwort',
    wrong: 'Diese E-Mail und dieses Passwort gehören nicht zusammen.',
    tooMany: 'Zu viele Versuche. Bitte kurz warten und dann erneut versuchen.',
    setupTitle: 'Willkommen bei Stockbook',
    setupText:
      'Legen Sie den ersten Administrator an. Der Server hat dort, wo er gestartet wurde, ein Einrichtungs-Token ausgegeben.',
    setupToken: 'Einrichtungs-Token',
    setupTokenHint: 'Aus der Ausgabe des Servers bei seinem ersten Start',
    name: 'Ihr Name',
    passwordHint: 'Mindestens 8 Zeichen',
    create: 'Administrator anlegen',
    tagline: 'Bestand, geführt wie das Geld einer Bank.',
  },
})
