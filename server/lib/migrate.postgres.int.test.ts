import { afterEach, beforeEach, expect, test } from 'bun:test'
import { AppError } from '../errors'
import { POSTGRES_MIGRATIONS } from '../migrations/postgres'
import { freshDatabase } from '../testing/database.postgres'
import { openPostgres } from './database.postgres'
import { createLogger } from './logger'
import type { Migration } from './migration'

const logger = createLogger('silent')

const migration = (number: number, sql: string): Migration => ({ number, name: `m${number}`, sql })
const FIRST = migration(1, 'CREATE TABLE one (a int); INSERT INTO one VALUES (1)')
const SECOND = migration(2, 'ALTER TABLE one ADD b int DEFAULT 2')

let fresh: Awaited<ReturnType<typeof freshDatabase>>
beforeEach(async () => {
  fresh = await freshDatabase()
})
afterEach(() => fresh[Symbol.asyncDispose]())

async function migrateWith(...migrations: readonly Migration[]): Promise<void> {
  const database = await openPostgres(fresh.url, { poolSize: 2, logger, migrations })
  await database.close()
}

async function rows(query: string): Promise<unknown[]> {
  await using sql = new Bun.SQL(fresh.url, { max: 1 })
  return [...(await sql.unsafe<unknown[]>(query))]
}

async function codeOf(promise: Promise<void>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  return error instanceof AppError ? error.code : String(error)
}

test('each migration runs once, in order, at whatever start', async () => {
  await migrateWith(FIRST)
  await migrateWith(FIRST, SECOND)
  await migrateWith(FIRST, SECOND)
  expect(await rows('SELECT * FROM one')).toEqual([{ a: 1, b: 2 }])
  expect(await rows('SELECT number, name FROM migrations ORDER BY number')).toEqual([
    { number: 1, name: 'm1' },
    { number: 2, name: 'm2' },
  ])
})

test('processes that start at once take turns', async () => {
  const slowly = migration(2, 'SELECT pg_sleep(0.2); ALTER TABLE one ADD b int DEFAULT 2')
  await Promise.all(Array.from({ length: 4 }, () => migrateWith(FIRST, slowly)))
  expect(await rows('SELECT * FROM one')).toEqual([{ a: 1, b: 2 }])
})

test('all that the product needs runs', async () => {
  await migrateWith(...POSTGRES_MIGRATIONS)
  expect(await rows('SELECT number FROM migrations')).toHaveLength(POSTGRES_MIGRATIONS.length)
})

test('one that fails leaves nothing of itself', async () => {
  await migrateWith(FIRST)
  const failing = migration(2, 'ALTER TABLE one ADD b int; INSERT INTO nothing VALUES (1)')
  expect(await codeOf(migrateWith(FIRST, failing))).toContain('"nothing" does not exist')
  expect(await rows('SELECT * FROM one')).toEqual([{ a: 1 }])
  await migrateWith(FIRST, SECOND)
})

test('a database that a newer version, or another one, made is refused', async () => {
  await migrateWith(FIRST, SECOND)
  expect(await codeOf(migrateWith(FIRST))).toBe('database_newer')
  const other = migration(2, 'ALTER TABLE one ADD c int')
  expect(await codeOf(migrateWith(FIRST, other))).toBe('database_differs')
  // Whether a checkout ends its lines with CRLF makes no difference.
  const lines = { ...FIRST, sql: FIRST.sql.replaceAll(' ', '\n') }
  expect(await codeOf(migrateWith(lines, SECOND))).toBe('database_differs')
})

test('a missing number is a defect', async () => {
  expect(await codeOf(migrateWith(FIRST, migration(3, '')))).toContain('migration 2 is missing')
})

test.each([
  ['an unknown database', (url: URL) => (url.pathname = '/nowhere'), 'database_refused'],
  ['an unknown user', (url: URL) => (url.username = 'nobody'), 'database_refused'],
  ['a server without TLS', (url: URL) => (url.search = '?sslmode=require'), 'database_refused'],
])('%s is refused at once, with a sentence', async (_, change, code) => {
  const url = new URL(fresh.url)
  change(url)
  expect(await codeOf(openPostgres(url.href, { poolSize: 1, logger }).then(() => {}))).toBe(code)
})

test('a database that cannot hold every character is refused', async () => {
  const name = `latin_${crypto.randomUUID().replaceAll('-', '')}`
  await rows(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
  const url = new URL(fresh.url)
  url.pathname = `/${name}`
  const opening = openPostgres(url.href, { poolSize: 1, logger }).then(() => {})
  expect(await codeOf(opening)).toBe('database_unusable')
  await rows(`DROP DATABASE ${name} WITH (FORCE)`)
})
