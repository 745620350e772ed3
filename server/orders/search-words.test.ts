import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { wordsOf } from './search-words'

/** The words that SQLite's tokenizer finds in each of the texts. */
function wordsOfSqlite(texts: readonly string[]): readonly (readonly string[])[] {
  using sqlite = new Database(':memory:')
  sqlite.run(`CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', tokenize = 'unicode61 remove_diacritics 2')`)
  sqlite.run('CREATE VIRTUAL TABLE found USING fts5vocab(search, instance)')
  const insert = sqlite.prepare('INSERT INTO search (rowid, words) VALUES (?, ?)')
  sqlite.transaction(() => texts.forEach((text, index) => insert.run(index, text)))()
  const words: string[][] = texts.map(() => [])
  const rows = sqlite.query<{ term: string; doc: number; offset: number }, []>(
    'SELECT term, doc, offset FROM found',
  )
  for (const { term, doc, offset } of rows.iterate()) words[doc]![offset] = term
  return words
}

test('every character there is parts or folds words as SQLite says', () => {
  const texts: string[] = []
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += step(codePoint)) {
    const character = String.fromCodePoint(codePoint)
    texts.push(`${character}x${character}Y`)
  }
  // Many in one row: the words are the same, and SQLite is at it a tenth of the time.
  const joined = Array.from({ length: Math.ceil(texts.length / 100) }, (_, index) =>
    texts.slice(index * 100, index * 100 + 100).join(' '),
  )
  const expected = wordsOfSqlite(joined)
  const wrong = joined.filter((text, index) => wordsOf(text).join() !== expected[index]!.join())
  expect(wrong).toEqual([])
})

/** Beyond the planes in use there is nothing but what nobody has given a meaning. */
function step(codePoint: number): number {
  return codePoint < 0x32400 || (codePoint >= 0xe0000 && codePoint < 0xe0200) ? 1 : 16
}

test('any text has the words that SQLite finds in it', () => {
  const unit = fc.constantFrom(
    ...'aBzÅéßΣς \u0301\u0305-_.\0\n9Жй😀🥹漢ﬁ'.split(''),
    '🥹',
    '\ud800',
  )
  const texts = fc.sample(fc.string({ unit, maxLength: 30 }), { numRuns: 3_000, seed: 1 })
  expect(texts.map(wordsOf)).toEqual(wordsOfSqlite(texts).map((words) => [...words]))
})
