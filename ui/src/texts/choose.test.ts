import { expect, test } from 'bun:test'
import { chooseLanguage } from './choose'

test('the first language that there is, whatever the region', () => {
  expect(chooseLanguage(['fr-CA', 'DE-at', 'en'], ['en', 'de'], 'en')).toBe('de')
})

test('a region alone is no language', () => {
  expect(chooseLanguage(['xx-EN', 'ende'], ['de', 'en'], 'de')).toBe('de')
})

test('who wants none of them gets the fallback', () => {
  expect(chooseLanguage(['fr', ''], ['de', 'en'], 'en')).toBe('en')
  expect(chooseLanguage([], ['de', 'en'], 'en')).toBe('en')
})
