import { useMemo } from 'react'
import { stored, useStored } from '~/stored'
import { numberFormat, pluralRules } from './intl'

export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

/** A text that depends on `{count}`, by the plural rules of the language. */
export interface Plural {
  one: string
  other: string
}
export type Text = string | Plural
export type Texts = Readonly<Record<string, Text>>

type Names<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type NamesOf<T> = T extends string
  ? Names<T>
  : T extends Plural
    ? Names<T['one'] | T['other']> | 'count'
    : never
type Values<T> = { [Name in NamesOf<T>]: Name extends 'count' ? number : string | number }
type Arguments<T> = [NamesOf<T>] extends [never] ? [] : [values: Values<T>]
/** The texts of a language that has the same keys, plural where the English one is. */
type Translation<T extends Texts> = { readonly [Key in keyof T]: T[Key] extends string ? string : Plural }

/** The keys of texts that need no values: for lists of keys, such as the navigation. */
export type PlainKey<T extends Texts> = {
  [Key in keyof T]: [NamesOf<T[Key]>] extends [never] ? Key : never
}[keyof T] &
  string

export interface Catalogue<T extends Texts> {
  en: T
  de: Translation<T>
}

/** Texts of a feature in every language; the compiler refuses one that is missing. `{name}` is a value. */
export function defineTexts<const T extends Texts>(texts: Catalogue<T>): Catalogue<T> {
  return texts
}

/** Gives the text of a key, with its values. */
export type Translate<T extends Texts> = <Key extends keyof T & string>(
  key: Key,
  ...values: Arguments<T[Key]>
) => string

export const languageStore = stored<Language>('stockbook-language', preferred(), value =>
  LANGUAGES.find(language => language === value),
)

function preferred(): Language {
  return navigator.languages.some(tag => tag.startsWith('en')) || !navigator.languages.some(isGerman)
    ? 'en'
    : 'de'
}

function isGerman(tag: string): boolean {
  return tag.startsWith('de')
}

/** The first language of the browser that is a kind of `language`, so that somebody in Ireland gets euros as they write them. */
export function localeOf(language: Language): string {
  const fallback = { en: 'en-GB', de: 'de-DE' }[language]
  return navigator.languages.find(tag => tag.split('-')[0] === language && tag.includes('-')) ?? fallback
}

export function translate(
  language: Language,
  text: Text,
  values: Record<string, string | number> = {},
): string {
  if (typeof text === 'string' && !text.includes('{')) return text
  const locale = localeOf(language)
  const chosen =
    typeof text === 'string'
      ? text
      : pluralRules(locale).select(Number(values.count)) === 'one'
        ? text.one
        : text.other
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' ? numberFormat(locale).format(value) : value
  })
}

export function useLanguage(): Language {
  return useStored(languageStore)
}

/** `const t = useTexts(texts)`, then `t('title')` or `t('deleted', { count: 3 })`. It is another one for another language only. */
export function useTexts<T extends Texts>(catalogue: Catalogue<T>): Translate<T> {
  const language = useLanguage()
  return useMemo(() => textsIn(language, catalogue), [language, catalogue])
}

/** The same for where there is no component. */
export function textNow<T extends Texts>(catalogue: Catalogue<T>): Translate<T> {
  return textsIn(languageStore.get(), catalogue)
}

function textsIn<T extends Texts>(language: Language, catalogue: Catalogue<T>): Translate<T> {
  const texts: Texts = catalogue[language]
  return (key, ...values) =>
    translate(language, texts[key] ?? key, values[0] as Record<string, string | number> | undefined)
}
