import { chooseLanguage } from './choose'
import { en, type Texts } from './en'

/** A translation is one more file, and one more line here. */
const TRANSLATIONS = { en } satisfies Readonly<Record<string, Texts>>

type Language = keyof typeof TRANSLATIONS

// Where there is no browser, as in a test of a store, nobody is asked.
const wanted = globalThis.navigator?.languages ?? []

/** What the page is written in, for whoever reads it aloud. */
export const language: Language = chooseLanguage(
  wanted,
  Object.keys(TRANSLATIONS) as readonly Language[],
  'en',
)

export const texts: Texts = TRANSLATIONS[language]
