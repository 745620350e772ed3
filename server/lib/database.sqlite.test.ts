import { Database as Sqlite } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../errors'
import { SQLITE_MIGRATIONS } from '../migrations/sqlite'
import { tempFolder } from '../testing/temp-folder'
import { type Database, databasePath, openDatabase } from './database.sqlite'
import type { Migration } from './migration'

const NOTES: readonly Migration[] = [
  {
    number: 1,
    name: 'notes',
    sql: `CREATE TABLE notes (text TEXT PRIMARY KEY) STRICT;
          CREATE TABLE answers (note TEXT REFERENCES notes DEFERRABLE INITIALLY DEFERRED) STRICT;`,
  },
]

function openNotes(path: string) {
  const database = openDatabase(path, NOTES)
  const insert = database.sqlite.prepare('INSERT INTO notes VALUES (?)')
  const answer = database.sqlite.prepare('INSERT INTO answers VALUES (?)')
  const commits: number[] = []
  database.onCommit(() => commits.push(texts(database).length))
  return {
    database,
    commits,
    insert: (text: string) => insert.run(text),
    /** Refused by COMMIT, not by the statement, where there is no such note. */
    answer: (text: string) => answer.run(text),
    [Symbol.dispose]: () => database.close(),
  }
}

function texts(database: Database): unknown[] {
  return database.sqlite.prepare('SELECT text FROM notes ORDER BY text').values().flat()
}

function outcomes(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(promises.map((promise) => promise.catch((reason: unknown) => reason)))
}

describe('group commit', () => {
  test('what is asked for in one turn is committed together, before anyone is told', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database, commits } = notes
    const done = ['a', 'b', 'c'].map((text) =>
      database.transact(() => {
        notes.insert(text)
        return text.toUpperCase()
      }),
    )
    expect(texts(database)).toEqual([])
    const told = done.map((promise) => promise.then(() => commits.length))
    expect(await Promise.all(done)).toEqual(['A', 'B', 'C'])
    expect(await Promise.all(told)).toEqual([1, 1, 1])
    expect(commits).toEqual([3])
  })

  test('a work that throws takes back its own writes and nobody else’s', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    const why = new Error('changed my mind')
    const told = await outcomes([
      database.transact(() => notes.insert('a').changes),
      database.transact(() => {
        notes.insert('b')
        throw why
      }),
      database.transact(() => notes.insert('a').changes),
      database.transact(() => notes.insert('c').changes),
    ])
    expect(told[0]).toBe(1)
    expect(told[1]).toBe(why)
    expect(told[2]).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    expect(told[3]).toBe(1)
    expect(texts(database)).toEqual(['a', 'c'])
  })

  test('a commit that fails rejects the whole group and writes nothing; the next one works', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database, commits } = notes
    const told = await outcomes([
      database.transact(() => notes.insert('a')),
      database.transact(() => notes.answer('nobody’s')),
      database.transact(() => {
        throw new Error('of its own')
      }),
    ])
    for (const reason of told) {
      expect(reason).toBeInstanceOf(AppError)
      expect(reason).toMatchObject({ code: 'database_unavailable', status: 503, temporary: true })
    }
    expect(texts(database)).toEqual([])
    expect(commits).toEqual([])
    await database.transact(() => notes.insert('b'))
    expect(texts(database)).toEqual(['b'])
  })

  test('a full disk rejects what did not fit; what was acknowledged before stays', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    await database.transact(() => notes.insert('kept'))
    const pages = database.sqlite.prepare<{ page_count: number }, []>('PRAGMA page_count').get()!
    database.sqlite.run(`PRAGMA max_page_count = ${pages.page_count + 2}`)
    const big = (text: string) => database.transact(() => notes.insert(text.repeat(100_000)))
    const told = await outcomes([
      big('x'),
      database.transact(() => notes.insert('small')),
      big('y'),
    ])
    // SQLite ends the whole transaction then: nobody of the group is told that it is on disk.
    expect(told.map(String)).toEqual(
      told.map(
        () => 'AppError: The database could not store the change. (database or disk is full)',
      ),
    )
    expect(texts(database)).toEqual(['kept'])
    database.sqlite.run('PRAGMA max_page_count = 100000')
    await big('z')
    expect(texts(database)).toHaveLength(2)
  })

  test('a work that ends the transaction itself fails the group', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    const told = await outcomes([
      database.transact(() => notes.insert('a')),
      database.transact(() => database.sqlite.run('ROLLBACK')),
    ])
    expect(told).toMatchObject([{ code: 'database_unavailable' }, { code: 'database_unavailable' }])
    expect(texts(database)).toEqual([])
  })

  test('asynchronous work is refused and taken back', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    const [reason] = await outcomes([
      database.transact(async () => {
        notes.insert('a')
      }),
    ])
    expect(reason).toBeInstanceOf(TypeError)
    expect(texts(database)).toEqual([])
  })

  test('state in memory goes back with the work, or with the whole group', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    let counted = 0
    database.participate(() => {
      const before = counted
      return () => {
        counted = before
      }
    })
    const count = (text: string) =>
      database.transact(() => {
        notes.insert(text)
        counted += 1
      })
    await outcomes([count('a'), count('a'), count('b')])
    expect(counted).toBe(2)
    await outcomes([count('c'), database.transact(() => notes.answer('nobody’s')), count('d')])
    expect(counted).toBe(2)
    expect(texts(database)).toHaveLength(counted)
  })

  test('a long queue is committed in several groups, in order, and others get their turn', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database, commits } = notes
    const all = Array.from({ length: 600 }, (_, index) =>
      database.transact(() => notes.insert(String(index).padStart(4, '0')).lastInsertRowid),
    )
    const turns = new Set<number>()
    const turn = () => {
      turns.add(texts(database).length)
      if (!turns.has(512)) setImmediate(turn)
    }
    setImmediate(turn)
    expect(await Promise.all(all)).toEqual(all.map((_, index) => index + 1))
    expect(commits).toEqual([256, 512, 600])
    expect([...turns]).toEqual([256, 512])
  })

  test('pendingAgeMs is the age of what waits longest, 0 when nothing waits', async () => {
    using folder = tempFolder()
    using notes = openNotes(folder.path)
    const { database } = notes
    expect(database.pendingAgeMs()).toBe(0)
    const done = database.transact(() => notes.insert('a'))
    const since = performance.now()
    while (performance.now() === since);
    expect(database.pendingAgeMs()).toBeGreaterThan(0)
    await done
    expect(database.pendingAgeMs()).toBe(0)
  })

  test('close commits what waits; later work is refused', async () => {
    using folder = tempFolder()
    const notes = openNotes(folder.path)
    const done = notes.database.transact(() => notes.insert('a').changes)
    notes.database.close()
    expect(await done).toBe(1)
    const [reason] = await outcomes([notes.database.transact(() => notes.insert('b'))])
    expect(reason).toMatchObject({ code: 'database_unavailable' })
    using reopened = openNotes(folder.path)
    expect(texts(reopened.database)).toEqual(['a'])
  })
})

describe('the data folder', () => {
  const opening = (path: string, migrations?: readonly Migration[]) => () =>
    openDatabase(path, migrations)
  const codeOf = (open: () => unknown): string => {
    try {
      open()
    } catch (error) {
      if (error instanceof AppError) return `${error.code}: ${error.message}`
      throw error
    }
    return 'opened'
  }

  test('is made, for its owner alone, and holds what is on disk before anyone is told', () => {
    using folder = tempFolder()
    const path = join(folder.path, 'deep/er')
    using notes = openNotes(path)
    for (const end of ['', 'orderwire.db', 'orderwire.db-wal', 'orderwire.db-shm']) {
      expect(statSync(join(path, end)).mode & 0o077).toBe(0)
    }
    const setting = (name: string) =>
      notes.database.sqlite.prepare(`PRAGMA ${name}`).values()[0]![0]
    expect(setting('journal_mode')).toBe('wal')
    expect(setting('synchronous')).toBe(2)
    expect(setting('foreign_keys')).toBe(1)
  })

  test('belongs to one opener at a time, while others can still read', async () => {
    using folder = tempFolder()
    const notes = openNotes(folder.path)
    expect(codeOf(opening(folder.path, NOTES))).toStartWith('data_dir_in_use: Another Orderwire')
    await notes.database.transact(() => notes.insert('a'))
    const reader = new Sqlite(databasePath(folder.path), { readonly: true })
    expect(reader.prepare('SELECT text FROM notes').values()).toEqual([['a']])
    reader.close()
    notes.database.close()
    expect(codeOf(() => openNotes(folder.path).database.close())).toBe('opened')
  })

  test('that cannot be a folder is refused with the path and the way out', () => {
    using folder = tempFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'below')]) {
      const told = codeOf(opening(path, NOTES))
      expect(told).toStartWith('data_dir_unusable: ')
      expect(told).toContain(path)
      expect(told).toContain('DATA_DIR')
    }
  })

  test('with something else in the place of the database is refused, and given free', () => {
    using folder = tempFolder()
    writeFileSync(databasePath(folder.path), 'no database at all, but long enough '.repeat(100))
    expect(codeOf(opening(folder.path, NOTES))).toStartWith('data_dir_unusable: The database')
    expect(codeOf(opening(folder.path, NOTES))).toStartWith('data_dir_unusable: The database')

    using other = tempFolder()
    mkdirSync(databasePath(other.path))
    expect(codeOf(opening(other.path, NOTES))).toStartWith('data_dir_unusable: The database')
  })

  test('of a newer version, or migrated by other texts, is refused', () => {
    using folder = tempFolder()
    const newer = [...NOTES, { number: 2, name: 'more', sql: 'CREATE TABLE more (id INTEGER)' }]
    openDatabase(folder.path, newer).close()
    expect(codeOf(opening(folder.path, NOTES))).toStartWith('database_newer: ')
    const edited = [NOTES[0]!, { ...newer[1]!, sql: 'CREATE TABLE more (id TEXT)' }]
    expect(codeOf(opening(folder.path, edited))).toStartWith('database_differs: ')
    expect(codeOf(() => openDatabase(folder.path, newer).close())).toBe('opened')
  })

  test('is migrated from where it stands; a migration that fails leaves nothing behind', () => {
    using folder = tempFolder()
    openDatabase(folder.path, NOTES).close()
    const broken = { number: 2, name: 'broken', sql: 'CREATE TABLE half (id INTEGER); NONSENSE;' }
    expect(codeOf(opening(folder.path, [...NOTES, broken]))).toContain('NONSENSE')
    const fixed = {
      ...broken,
      sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE whole (id INTEGER)',
    }
    const database = openDatabase(folder.path, [...NOTES, fixed])
    expect(database.sqlite.prepare('SELECT count(*) FROM whole').values()).toEqual([[0]])
    database.close()
  })

  test('knows every migration of its folder', () => {
    const files = readdirSync(join(import.meta.dir, '../migrations/sqlite'))
    expect(files.filter((file) => file.endsWith('.sql')).toSorted()).toEqual(
      SQLITE_MIGRATIONS.map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}.sql`),
    )
  })
})
