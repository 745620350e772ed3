import { afterAll, beforeAll, expect, test } from 'bun:test'
import { AppError } from '../errors'
import { startPostgresProcess, type PostgresProcess } from '../testing/postgres-process'
import { within } from '../testing/within'
import { Connections } from './connections.postgres'
import { openPostgres } from './database.postgres'
import type { PostgresDatabase } from './database.postgres'
import { createLogger } from './logger'

const lines: Record<string, unknown>[] = []
const logger = createLogger('debug', (line) => void lines.push(JSON.parse(line)))
const DEADLINE_MS = 500
const POOL_SIZE = 4
const MIGRATIONS = [{ number: 1, name: 'facts', sql: 'CREATE TABLE facts (id int PRIMARY KEY)' }]

let postgres: PostgresProcess
let database: PostgresDatabase

const open = (startMs = 10_000) =>
  openPostgres(postgres.url, {
    poolSize: POOL_SIZE,
    logger,
    migrations: MIGRATIONS,
    deadlineMs: DEADLINE_MS,
    startMs,
  })

beforeAll(async () => {
  postgres = await startPostgresProcess(['max_connections=12', 'superuser_reserved_connections=0'])
  database = await open()
})
afterAll(async () => {
  await database.close()
  await postgres[Symbol.asyncDispose]()
})

const ask = () => database.query((sql) => sql`SELECT 1 AS one`)

/** More than the pool has connections, so that some wait. */
const askMuch = () => Promise.allSettled(Array.from({ length: 3 * POOL_SIZE }, ask))

function expectOutage(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) {
    expect(result.status).toBe('rejected')
    if (result.status === 'fulfilled') continue
    expect(result.reason).toBeInstanceOf(AppError)
    expect(result.reason).toMatchObject({ code: 'store_unreachable', status: 503, temporary: true })
  }
}

async function expectHealed(listeners = 0): Promise<void> {
  const healed = async () => {
    for (;;) {
      const results = await askMuch()
      if (results.every(({ status }) => status === 'fulfilled')) return
    }
  }
  await within(healed(), 'the pool to heal')
  const [row] = await database.query(
    (sql) => sql<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'orderwire'`,
  )
  expect(row!.count).toBeLessThanOrEqual(POOL_SIZE + listeners)
}

test('killed in the middle of work: failures that may be tried again, until it is back', async () => {
  const working = Promise.allSettled([
    database.query((sql) => sql`SELECT pg_sleep(5)`),
    database.transact(async (tx) => {
      await tx`INSERT INTO facts VALUES (1)`
      await tx`SELECT pg_sleep(5)`
    }),
  ])
  await ask()
  await postgres.kill()
  expectOutage(await within(working, 'what was under way'))
  expectOutage(await within(askMuch(), 'answers while it is down'))
  await postgres.restart()
  await expectHealed()
  expect(await database.sql`SELECT * FROM facts`).toEqual([])
  const told = async () => {
    while (lines.length < 2) await ask()
  }
  await within(told(), 'the end to be told')
  // Once each, however many failed, and without a stack.
  expect(lines).toMatchObject([
    { level: 40, msg: expect.stringMatching(/^Postgres is out of reach: /) },
    { level: 30, msg: 'Postgres is within reach again' },
  ])
  expect(JSON.stringify(lines)).not.toContain('stack')
})

test('frozen: nobody waits longer than the deadline, and nothing is left when it wakes', async () => {
  postgres.pause()
  const results = [await within(askMuch(), 'answers'), await within(askMuch(), 'more answers')]
  const change = database.transact(async (tx) => {
    await tx`INSERT INTO facts VALUES (2)`
  })
  results.push(await within(Promise.allSettled([change]), 'the answer to a change'))
  postgres.resume()
  expectOutage(results.flat())
  await expectHealed()
  expect(await database.sql`SELECT * FROM facts`).toEqual([])
})

test('out of connections: a failure at once or in time, and no longer than it lasts', async () => {
  await postgres.restart()
  const others = new Bun.SQL(postgres.url, { max: 12, connectionTimeout: 1 })
  const held = await Promise.all(Array.from({ length: 12 }, () => others.reserve()))
  expectOutage(await within(askMuch(), 'answers'))
  for (const connection of held) await connection.close({ timeout: 0 })
  await others.close({ timeout: 0 })
  await expectHealed()
})

test('a primary that was made read-only is an outage, not a defect', async () => {
  const backends: number[] = []
  const change = database.transact(async (tx) => {
    const [row] = await tx<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
    backends.push(row!.pid)
    await tx`SET LOCAL transaction_read_only = on`
    await tx`INSERT INTO facts VALUES (3)`
  })
  expectOutage(await Promise.allSettled([change]))
  // Its connections are given up: by now another one may be the primary.
  const gone = async () => {
    while (
      (await database.sql`SELECT 1 FROM pg_stat_activity WHERE pid = ${backends[0]}`).length > 0
    );
  }
  await within(gone(), 'the end of the connection')
})

test('a database that is taken away under way is an outage too', async () => {
  const url = new URL(postgres.url)
  url.pathname = '/leaves'
  // To make a database and to drop it takes longer than the deadline.
  await using slowly = new Bun.SQL(postgres.url, { max: 1 })
  await slowly`CREATE DATABASE leaves`
  const leaving = await openPostgres(url.href, { poolSize: 1, logger, migrations: [] })
  await slowly`DROP DATABASE leaves WITH (FORCE)`
  const asking = () => Promise.allSettled([leaving.query((sql) => sql`SELECT 1`)])
  expectOutage(await within(asking(), 'an answer'))
  expectOutage(await within(asking(), 'another answer'))
  await leaving.close()
})

test('whoever listens hears again once it is back', async () => {
  const stop = new AbortController()
  let heard = Promise.withResolvers<void>()
  await database.listen('told', () => heard.resolve(), stop.signal)
  await within(heard.promise, 'the first subscribing')
  await postgres.kill()
  heard = Promise.withResolvers<void>()
  await postgres.restart()
  await within(heard.promise, 'the second subscribing')
  heard = Promise.withResolvers<void>()
  await expectHealed(1)
  await database.sql.notify('told')
  await within(heard.promise, 'a notification')
  stop.abort()
})

test('not there at the start: waited for, but not for ever', async () => {
  await postgres.kill()
  const refusals = await within(Promise.allSettled([open(0)]), 'the refusal')
  expectOutage(refusals)
  const opening = open()
  await postgres.restart()
  const opened = await within(opening, 'the start')
  expect(await opened.query((sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }])
  postgres.pause()
  await within(opened.close(), 'the end while it is frozen')
  postgres.resume()
})

test('a deadline that is over before anything was asked is no negative time to wait', async () => {
  const warnings: string[] = []
  const listen = ({ name }: Error) => void warnings.push(name)
  process.on('warning', listen)
  const sql = new Bun.SQL(postgres.url, { max: 1 })
  try {
    expectOutage(await Promise.allSettled([new Connections(sql, 0).query((one) => one`SELECT 1`)]))
    // Warnings are told after what caused them.
    await new Promise(setImmediate)
  } finally {
    process.off('warning', listen)
    await sql.close({ timeout: 0 })
  }
  expect(warnings).toEqual([])
})
