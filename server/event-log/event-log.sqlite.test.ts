import { Database as Sqlite } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { copyFileSync } from 'node:fs'
import { databasePath, openDatabase } from '../lib/database.sqlite'
import type { Cursor } from '../protocol/cursor'
import { tempFolder } from '../testing/temp-folder'
import { verifyLog } from '../testing/verify-log.sqlite'
import { cursorOf } from './entry'
import type { EventEntry, OrderEvent } from './event-log'
import { eventLogFeatures } from './event-log.features'
import { openSqliteLog } from './event-log.sqlite'
import { reasonOf, startTail } from './features/fixtures'

const HOUR_MS = 3_600_000
const ADMIN = { name: 'admin' } as const

eventLogFeatures('SQLite', async () => {
  const folder = tempFolder()
  const { log, database, limits, close } = openLog(folder.path)
  return {
    log,
    async trimTo(entries) {
      limits.retentionMaxEntries = entries
      await log.trim()
      limits.retentionMaxEntries = 100_000
      verifyLog(database.sqlite)
    },
    async cleanup() {
      close()
      folder[Symbol.dispose]()
    },
  }
})

/** A log whose clock and limits the test sets; `add` appends events by their source. */
function openLog(path: string) {
  const database = openDatabase(path)
  const clock = { now: Date.UTC(2026, 0, 1) }
  const limits = { retentionMs: HOUR_MS, retentionMaxEntries: 100_000, now: () => clock.now }
  const log = openSqliteLog(database, limits)
  const eventOf = (customer: string): OrderEvent => ({
    name: 'updated',
    customer,
    data: '{}',
    staffOnly: '',
  })
  const close = () => {
    log.close()
    database.close()
  }
  return {
    database,
    log,
    clock,
    limits,
    eventOf,
    add: (customer: string, source: string) =>
      database.transact(() => log.appendInTransaction(eventOf(customer), source)),
    cursors: async (): Promise<Cursor[]> => (await log.newest(100_000, 1e9)).map(cursorOf),
    sources: () => verifyLog(database.sqlite).map(({ source }) => source),
    close,
    [Symbol.dispose]: close,
  }
}

describe('in the transaction of the fact', () => {
  test('an entry is logged and published with its work, or not at all', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { log, database, add, eventOf, cursors } = opened
    const tail = startTail(log, (await cursors())[0]!)
    const refused = database.transact(() => {
      log.appendInTransaction(eventOf('ann'), 'refused@1')
      log.appendInTransaction(eventOf('bob'), 'refused@2')
      throw new Error('no')
    })
    await Promise.all([add('ann', 'a@1'), reasonOf(refused), add('ann', 'a@2'), add('bob', 'b@1')])
    const published = await tail.next()
    expect(opened.sources()).toEqual(['a@1', 'a@2', 'b@1'])
    expect(published.map(cursorOf)).toEqual((await cursors()).slice(1))
    await tail.stop()
  })

  test('a commit that fails publishes nothing, and the chain goes on from before it', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { log, database, add, cursors } = opened
    database.sqlite.run(`
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE orphans (id INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`)
    await add('ann', 'a@1')
    const before = await cursors()
    const tail = startTail(log, before.at(-1)!)
    const orphan = database.transact(() => database.sqlite.run('INSERT INTO orphans VALUES (1)'))
    const lost = [
      add('ann', 'a@2'),
      orphan,
      add('bob', 'b@1'),
      log.note({ kind: 'beat', note: '' }),
    ]
    for (const promise of lost) {
      expect(await reasonOf(promise)).toMatchObject({ code: 'database_unavailable' })
    }
    expect(await cursors()).toEqual(before)
    expect(await log.replay(ADMIN, before.at(-1)!, 10)).toMatchObject({ reached: before.at(-1)! })
    await add('ann', 'a@3')
    expect(opened.sources()).toEqual(['a@1', 'a@3'])
    expect(await tail.next()).toMatchObject([{ prevOfCustomer: before.at(-1)! }])
    await tail.stop()
  })

  test('nothing is appended outside of one', () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    expect(() => opened.log.appendInTransaction(opened.eventOf('ann'), 'a@1')).toThrow('transact')
    expect(opened.sources()).toEqual([])
  })

  test('what is appended in one turn arrives as one batch', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const tail = startTail(opened.log, (await opened.cursors())[0]!)
    await Promise.all(Array.from({ length: 100 }, (_, index) => opened.add('ann', `a@${index}`)))
    expect(await tail.next()).toHaveLength(100)
    await tail.stop()
  })
})

describe('a log that is opened again', () => {
  test('continues its chain, links and checkpoints', async () => {
    using folder = tempFolder()
    const first = openLog(folder.path)
    await first.add('ann', 'a@1')
    await first.log.note({ kind: 'revoke', note: 'bob' })
    await first.log.append([
      { partition: 'p', expected: null, records: [{ offset: 4, fingerprint: 'x', event: null }] },
    ])
    const before = await first.cursors()
    first.close()

    using again = openLog(folder.path)
    expect(await again.cursors()).toEqual(before)
    expect(await again.log.checkpoints()).toEqual(new Map([['p', { offset: 4, fingerprint: 'x' }]]))
    await again.add('ann', 'a@2')
    const [entry] = (await again.log.newest(1, 1e9)) as EventEntry[]
    expect([entry?.prevOfCustomer, entry?.prevEvent]).toEqual([before[1]!, before[1]!])
    expect(again.sources()).toEqual(['a@1', 'a@2'])
    expect(await again.log.replay(ADMIN, before[0]!, 10)).toMatchObject({ ok: true })
  })

  test('as a restored copy answers cursors of the lost time with unknown', async () => {
    using folder = tempFolder()
    using copyFolder = tempFolder()
    using opened = openLog(folder.path)
    await opened.add('ann', 'a@1')
    const kept = (await opened.cursors()).at(-1)!
    opened.database.sqlite.run('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(databasePath(folder.path), databasePath(copyFolder.path))
    await opened.add('ann', 'a@2')
    await opened.add('ann', 'a@3')
    const lost = (await opened.cursors()).slice(-2)

    using restored = openLog(copyFolder.path)
    const answers = async (cursors: readonly Cursor[]) => {
      const replays = cursors.map((cursor) => restored.log.replay(ADMIN, cursor, 10))
      return (await Promise.all(replays)).map((replay) => replay.ok || replay.reason)
    }
    expect(await answers([kept, ...lost])).toEqual([true, 'unknown', 'unknown'])
    // The same ids, for other facts.
    await restored.add('ann', 'other@2')
    await restored.add('ann', 'a@3')
    expect((await restored.cursors()).at(-1)?.split('.')[0]).toBe(lost[1]!.split('.')[0])
    expect(await answers([kept, ...lost])).toEqual([true, 'unknown', 'unknown'])
    const tail = startTail(restored.log, lost[0]!)
    expect(await reasonOf(tail.next())).toMatchObject({ code: 'position_lost' })
  })

  test('never uses an id again, even if somebody emptied its table', async () => {
    using folder = tempFolder()
    const first = openLog(folder.path)
    await first.add('ann', 'a@1')
    const before = await first.cursors()
    first.database.sqlite.run('DELETE FROM log_entries')
    first.database.sqlite.run('DELETE FROM log_last')
    first.close()
    using again = openLog(folder.path)
    expect(await again.log.newest(10, 1e9)).toMatchObject([{ id: '3', kind: 'open' }])
    for (const cursor of before) {
      expect(await again.log.replay(ADMIN, cursor, 10)).toMatchObject({ ok: false })
    }
  })
})

describe('retention', () => {
  test('removes by time first, then by count, in steps, and forgets whom it removed', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { log, clock, limits, add } = opened
    await Promise.all(Array.from({ length: 1_200 }, (_, i) => add(`old-${i % 300}`, `o@${i}`)))
    clock.now += HOUR_MS
    expect(await log.trim()).toBe(0)
    await Promise.all(Array.from({ length: 50 }, (_, i) => add(`new-${i}`, `n@${i}`)))
    clock.now += 1
    expect(await log.trim()).toBe(1_201)
    expect(opened.sources()).toHaveLength(50)
    limits.retentionMaxEntries = 10
    expect(await log.trim()).toBe(40)
    expect(opened.sources()).toEqual(Array.from({ length: 10 }, (_, i) => `n@${i + 40}`))
    clock.now += 100 * HOUR_MS
    expect(await log.trim()).toBe(9)
    expect(opened.sources()).toEqual(['n@49'])
    const customers = opened.database.sqlite.prepare('SELECT customer FROM log_last').values()
    expect(customers).toEqual([['new-49']])
  })

  test('that fails with its commit leaves the links as they were', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { log, limits, database, add } = opened
    await add('ann', 'a@1')
    await log.note({ kind: 'beat', note: '0' })
    limits.retentionMaxEntries = 1
    const trimming = log.trim()
    const failing = database.transact(() => database.sqlite.run('ROLLBACK'))
    await Promise.all([reasonOf(trimming), reasonOf(failing)])
    await add('ann', 'a@2')
    expect(opened.sources()).toEqual(['a@1', 'a@2'])
  })
})

describe('a tail', () => {
  test('that was away for longer than memory reaches reads on from the file', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { add, log, cursors } = opened
    const tail = startTail(log, (await cursors())[0]!)
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => add('ann', `a@${index}`)))
    const got = await tail.take(3_000)
    expect(got.map(cursorOf)).toEqual((await cursors()).slice(1))
    await add('ann', 'live@1')
    expect(await tail.next()).toHaveLength(1)
    await tail.stop()
  })

  test('that was away until its position was trimmed is told so', async () => {
    using folder = tempFolder()
    using opened = openLog(folder.path)
    const { add, log, limits, cursors } = opened
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => add('ann', `a@${index}`)))
    const tail = startTail(log, (await cursors())[0]!)
    await tail.next()
    limits.retentionMaxEntries = 10
    await log.trim()
    expect(await reasonOf(tail.take(3_000))).toMatchObject({ code: 'position_lost' })
  })

  test('ends when the log closes', async () => {
    using folder = tempFolder()
    const opened = openLog(folder.path)
    const seen: number[] = []
    const head = (await opened.cursors())[0]!
    const tailing = (async () => {
      for await (const batch of opened.log.tail(head, new AbortController().signal)) {
        seen.push(batch.length)
      }
    })()
    await opened.add('ann', 'a@1')
    opened.close()
    await tailing
    expect(seen).toEqual([1])
  })
})

test('the file stays readable for others while the log is open', async () => {
  using folder = tempFolder()
  using opened = openLog(folder.path)
  await opened.add('ann', 'a@1')
  using reader = new Sqlite(databasePath(folder.path), { readonly: true })
  expect(verifyLog(reader)).toEqual([{ source: 'a@1', data: '{}' }])
})
