import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { openPostgres, type PostgresDatabase } from '../lib/database.postgres'
import { createLogger } from '../lib/logger'
import { orderAt } from '../testing/arbitraries'
import { freshDatabase } from '../testing/database.postgres'
import { within } from '../testing/within'
import { encodeOrderRecord } from './order-record'
import type { Outbox } from './outbox'
import { openPostgresOutbox, writeToCapturedOutbox, writeToOutbox } from './outbox.postgres'

const HOUR_MS = 3_600_000

let place: Awaited<ReturnType<typeof freshDatabase>>
let database: PostgresDatabase
let outbox: Outbox

beforeAll(async () => {
  place = await freshDatabase()
  database = await openPostgres(place.url, { poolSize: 4, logger: createLogger('silent') })
  outbox = openPostgresOutbox(database)
})

afterAll(async () => {
  await database.close()
  await place[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await database.sql`TRUNCATE outbox`
  await database.sql`UPDATE outbox_lease SET holder = null, held_until = '-infinity', wake_ups = true`
})

function write(orderId: string, version = 1): Promise<void> {
  const name = version === 1 ? 'created' : 'updated'
  return database.transact((tx) => writeToOutbox(tx, { name }, orderAt(orderId, version)))
}

async function seqs(): Promise<number[]> {
  return (await outbox.unsent(100)).map(({ seq }) => seq)
}

test('a row tells all that its record needs', async () => {
  const before = Date.now()
  await write('order-1')
  await write('order-1', 2)
  const [first, second] = await outbox.unsent(10)
  expect(first).toEqual({
    seq: expect.any(Number),
    name: 'created',
    orderId: 'order-1',
    eventId: 'order-1@1',
    value: encodeOrderRecord(orderAt('order-1', 1)),
    at: expect.any(Number),
  })
  expect(second).toMatchObject({ name: 'updated', eventId: 'order-1@2' })
  expect(second!.seq).toBeGreaterThan(first!.seq)
  // One machine, one clock; its milliseconds are rounded.
  expect(first!.at).toBeGreaterThanOrEqual(before - 1)
  expect(second!.at).toBeLessThanOrEqual(Date.now() + 1)
})

test('a transaction that is taken back leaves nothing', async () => {
  const failed = database.transact(async (tx) => {
    await writeToOutbox(tx, { name: 'created' }, orderAt('order-1', 1))
    throw new RangeError('taken back')
  })
  expect(failed).rejects.toThrow('taken back')
  expect(await seqs()).toEqual([])
})

test('what is sent or parked is not read again, and counted as what it is', async () => {
  expect(await outbox.backlog()).toEqual({ unsent: 0, oldestAt: null, parked: 0 })
  for (let number = 0; number < 5; number++) await write(`order-${number}`)
  const [a, b, c, d, e] = await seqs()
  await outbox.markSent([b!, d!])
  await outbox.park(c!, 'too large')
  expect(await seqs()).toEqual([a!, e!])
  expect((await outbox.unsent(1)).map(({ seq }) => seq)).toEqual([a!])
  const { oldestAt, ...counts } = await outbox.backlog()
  expect(counts).toEqual({ unsent: 2, parked: 1 })
  expect(oldestAt).toBeGreaterThan(Date.now() - HOUR_MS)
  expect(oldestAt).toBeLessThanOrEqual(Date.now())
  const [row] = await database.sql`SELECT parked_reason FROM outbox WHERE seq = ${c!}`
  expect(row).toEqual({ parked_reason: 'too large' })

  await outbox.markSent([])
  await outbox.markSent([a!, e!])
  expect(await outbox.backlog()).toEqual({ unsent: 0, oldestAt: null, parked: 1 })
})

test('rows that commit late are found behind those with a higher seq', async () => {
  const held = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const slow = database.transact(async (tx) => {
    await writeToOutbox(tx, { name: 'created' }, orderAt('slow', 1))
    written.resolve()
    await held.promise
  })
  await written.promise
  await write('quick')
  const [quick] = await outbox.unsent(10)
  expect(quick!.orderId).toBe('quick')
  await outbox.markSent([quick!.seq])
  held.resolve()
  await slow
  const [late] = await outbox.unsent(10)
  expect(late!.orderId).toBe('slow')
  expect(late!.seq).toBeLessThan(quick!.seq)
})

test('sweeping deletes what was sent long ago, in steps, and nothing else', async () => {
  for (let number = 0; number < 6; number++) await write(`order-${number}`)
  const all = await seqs()
  await outbox.park(all[0]!, 'too large')
  await outbox.markSent(all.slice(2))
  const old = all.slice(2, 5)
  await database.sql`UPDATE outbox SET sent_at = now() - interval '2 hours' WHERE seq <= ${all[4]!}
    AND sent_at IS NOT NULL`
  expect(await outbox.sweep(Date.now() - 3 * HOUR_MS, 10)).toBe(0)
  expect(await outbox.sweep(Date.now() - HOUR_MS, 2)).toBe(2)
  expect(await outbox.sweep(Date.now() - HOUR_MS, 2)).toBe(1)
  expect(await outbox.sweep(Date.now() - HOUR_MS, 2)).toBe(0)
  const left = await database.sql<{ seq: string }[]>`SELECT seq FROM outbox ORDER BY seq`
  expect(left.map(({ seq }) => Number(seq))).toEqual(all.filter((seq) => !old.includes(seq)))
})

describe('the lease', () => {
  test('has one holder, until that gives it free', async () => {
    expect(await outbox.lease('a', HOUR_MS)).toBe(true)
    expect(await outbox.lease('b', HOUR_MS)).toBe(false)
    expect(await outbox.lease('a', HOUR_MS)).toBe(true)
    await outbox.release('b')
    expect(await outbox.lease('b', HOUR_MS)).toBe(false)
    await outbox.release('a')
    expect(await outbox.lease('b', HOUR_MS)).toBe(true)
    expect(await outbox.lease('a', HOUR_MS)).toBe(false)
  })

  test('runs out', async () => {
    expect(await outbox.lease('a', 0)).toBe(true)
    expect(await outbox.lease('b', HOUR_MS)).toBe(true)
  })

  test('goes to one of all that ask at the same time', async () => {
    const asked = Array.from({ length: 8 }, (_, holder) => outbox.lease(`relay-${holder}`, HOUR_MS))
    expect((await Promise.all(asked)).filter(Boolean).length).toBe(1)
  })
})

describe('waking', () => {
  /** How often writers rang during the work. Notifications come in the order of their commits. */
  async function rings(during: () => Promise<void>): Promise<number> {
    await using sql = new Bun.SQL(place.url, { max: 1 })
    const heard: string[] = []
    const ended = Promise.withResolvers<void>()
    await sql.listen('outbox', (payload) => {
      if (payload === 'end') ended.resolve()
      else heard.push(payload)
    })
    await during()
    await database.sql`SELECT pg_notify('outbox', 'end')`
    await within(ended.promise, 'the end')
    return heard.length
  }

  test('reaches those who listen, also right after they began', async () => {
    const stop = new AbortController()
    let rung = Promise.withResolvers<void>()
    await outbox.listen(() => rung.resolve(), stop.signal)
    await within(rung.promise, 'the ring of the beginning')
    rung = Promise.withResolvers()
    await write('order-1')
    await within(rung.promise, 'the ring of a row')
    stop.abort()
  })

  test('comes with the commit of a row', async () => {
    expect(await rings(() => write('order-1'))).toBe(1)
  })

  test('is left out while a busy relay asks for that, and only the holder can ask', async () => {
    await outbox.lease('a', HOUR_MS)
    await outbox.wakeUps('b', false)
    expect(await rings(() => write('order-1'))).toBe(1)
    await outbox.wakeUps('a', false)
    expect(await rings(() => write('order-2'))).toBe(0)
    await outbox.wakeUps('a', true)
    expect(await rings(() => write('order-3'))).toBe(1)
    expect((await seqs()).length).toBe(3)
  })

  test('tells that the lease is free, and goes on for whoever takes it', async () => {
    await outbox.lease('a', HOUR_MS)
    await outbox.wakeUps('a', false)
    expect(await rings(() => outbox.release('b'))).toBe(0)
    expect(await rings(() => outbox.release('a'))).toBe(1)
    expect(await rings(() => write('order-1'))).toBe(1)
  })
})

test('for a reader of the write-ahead log nothing is left behind, though it is written', async () => {
  const before = await walBytes()
  const order = { ...orderAt('order-1', 1), reason: randomBytes(4_000).toString('hex') }
  await database.transact((tx) => writeToCapturedOutbox(tx, { name: 'created' }, order))
  expect((await walBytes()) - before).toBeGreaterThan(4_000)
  const [{ count }] = (await database.sql`SELECT count(*)::int AS count FROM outbox`) as [
    { count: number },
  ]
  expect(count).toBe(0)
})

async function walBytes(): Promise<number> {
  const [{ bytes }] = (await database.sql`
    SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`) as [
    { bytes: number },
  ]
  return bytes
}

test('the backlog costs the same however many rows were sent, whatever the planner knows', async () => {
  await database.sql`
    INSERT INTO outbox (aggregateid, type, payload, event_id, sent_at)
    SELECT 'order-' || n, 'order.created', '{}', 'order-' || n || '@1', now()
    FROM generate_series(1, 50000) AS n`
  await write('order-1')
  for (const analyze of [false, true]) {
    if (analyze) await database.sql`ANALYZE outbox`
    const before = await rowsRead()
    expect(await outbox.backlog()).toMatchObject({ unsent: 1, parked: 0 })
    expect((await rowsRead()) - before).toBeLessThan(100)
  }
})

/** All rows of the outbox that scans of the whole table have read. */
async function rowsRead(): Promise<number> {
  // Sessions report once they are idle for a second, or asked to.
  await using sql = new Bun.SQL(place.url, { max: 1 })
  await database.query((on) => on`SELECT pg_stat_force_next_flush()`)
  const [{ rows }] = (await sql`
    SELECT seq_tup_read::float8 AS rows FROM pg_stat_user_tables WHERE relname = 'outbox'`) as [
    { rows: number },
  ]
  return rows
}
