import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '../errors'
import { freshDatabase } from '../testing/database.postgres'
import { startTcpProxy } from '../testing/tcp-proxy'
import { within } from '../testing/within'
import { openPostgres } from './database.postgres'
import type { PostgresDatabase, PostgresOptions } from './database.postgres'
import { createLogger } from './logger'
import type { Migration } from './migration'

const logger = createLogger('silent')
const DEADLINE_MS = 1_000

const TABLES: Migration = {
  number: 1,
  name: 'tables',
  sql: `CREATE TABLE facts (id int PRIMARY KEY, text text);
    CREATE TABLE counters (id int PRIMARY KEY, count int NOT NULL);
    INSERT INTO counters VALUES (1, 0), (2, 0);`,
}

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: PostgresDatabase

const open = (options: Partial<PostgresOptions> = {}) =>
  openPostgres(fresh.url, { poolSize: 4, logger, migrations: [TABLES], ...options })

beforeAll(async () => {
  fresh = await freshDatabase()
  database = await open({ deadlineMs: DEADLINE_MS })
})
afterAll(async () => {
  await database.close()
  await fresh[Symbol.asyncDispose]()
})

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await within(promise, 'a failure')
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('expected a failure')
}

describe('a transaction', () => {
  test('keeps everything or nothing, and answers what the work answered', async () => {
    expect(
      await database.transact(async (tx) => {
        await tx`INSERT INTO facts VALUES (1, 'kept')`
        return [1, 2]
      }),
    ).toEqual([1, 2])
    const thrown = new Error('no')
    const failing = database.transact(async (tx) => {
      await tx`INSERT INTO facts VALUES (2, 'taken back')`
      throw thrown
    })
    expect(await failing.catch((error: unknown) => error)).toBe(thrown)
    expect(await database.query((sql) => sql`SELECT id FROM facts`)).toEqual([{ id: 1 }])
  })

  test('that meets another in a deadlock is repeated until both are done', async () => {
    const bothHold = Promise.withResolvers<void>()
    let holding = 0
    const addTo = (first: number, second: number) =>
      database.transact(async (tx) => {
        await tx`SET LOCAL deadlock_timeout = '10ms'`
        await tx`UPDATE counters SET count = count + 1 WHERE id = ${first}`
        if (++holding === 2) bothHold.resolve()
        await bothHold.promise
        await tx`UPDATE counters SET count = count + 1 WHERE id = ${second}`
      })
    await Promise.all([addTo(1, 2), addTo(2, 1)])
    expect(holding).toBeGreaterThan(2)
    expect(await database.sql`SELECT count FROM counters`).toEqual([{ count: 2 }, { count: 2 }])
  })

  test('that is never let through ends in a temporary failure', async () => {
    let attempts = 0
    const failure = await failureOf(
      database.transact(async (tx) => {
        attempts++
        await tx.unsafe(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`)
      }),
    )
    expect(failure).toMatchObject({ code: 'store_unreachable', status: 503, temporary: true })
    expect(attempts).toBeGreaterThan(2)
  })

  test('whose COMMIT was not answered in time says that it may have been made', async () => {
    await database.sql.unsafe(`
      CREATE TABLE slow (id int);
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait();`)
    const failure = await failureOf(
      database.transact(async (tx) => {
        await tx`INSERT INTO slow VALUES (1)`
      }),
    )
    expect(failure).toMatchObject({ code: 'store_unreachable', temporary: true })
    expect(failure.message).toContain('may have been made')
  })
})

describe('the deadline', () => {
  test('ends a query that takes longer, and its connection', async () => {
    const failure = await failureOf(database.query((sql) => sql`SELECT pg_sleep(5)`))
    expect(failure).toMatchObject({ code: 'store_unreachable', status: 503, temporary: true })
    expect(failure.message).not.toContain('may have been made')
    await Promise.all(Array.from({ length: 8 }, () => database.query((sql) => sql`SELECT 1`)))
  })

  test('gives up a connection that fell silent, and another takes its place', async () => {
    const { hostname, port } = new URL(fresh.url)
    await using proxy = await startTcpProxy(Number(port), hostname)
    const url = new URL(fresh.url)
    url.host = `127.0.0.1:${proxy.port}`
    const distant = await openPostgres(url.href, {
      poolSize: 4,
      logger,
      migrations: [TABLES],
      deadlineMs: DEADLINE_MS,
    })
    const askAll = () =>
      Promise.allSettled(
        Array.from({ length: 4 }, () => distant.query((sql) => sql`SELECT pg_sleep(0.01)`)),
      )
    await askAll()
    proxy.muteAnswers()
    for (const { status } of await within(askAll(), 'failures')) expect(status).toBe('rejected')
    for (const { status } of await within(askAll(), 'answers')) expect(status).toBe('fulfilled')
    await distant.close()
  })

  test('ends the waiting for a connection', async () => {
    // Held without a deadline: else theirs, a moment earlier, would free one in time.
    const held = await Promise.all(Array.from({ length: 4 }, () => database.sql.reserve()))
    const failure = await failureOf(database.query((sql) => sql`SELECT 1`))
    expect(failure).toMatchObject({ code: 'store_unreachable', temporary: true })
    for (const connection of held) await connection.release()
    await database.query((sql) => sql`SELECT 1`)
  })
})

test('a text that cannot be stored is refused, and is no outage', async () => {
  const failure = await failureOf(
    database.query((sql) => sql`INSERT INTO facts VALUES (3, ${'a\0b'})`),
  )
  expect(failure).toMatchObject({ code: 'invalid_text', status: 422, temporary: false })
})

test('a notification is heard after its COMMIT, and again after the connection was lost', async () => {
  const stop = new AbortController()
  let heard = Promise.withResolvers<void>()
  const nextHeard = async () => {
    await within(heard.promise, 'a notification')
    heard = Promise.withResolvers<void>()
  }
  await database.listen('told', () => heard.resolve(), stop.signal)
  await nextHeard()
  const notify = () => database.transact((tx) => tx.notify('told'))
  await notify()
  await nextHeard()
  await database.sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'`
  await nextHeard()
  await notify()
  await nextHeard()
  stop.abort()
})
