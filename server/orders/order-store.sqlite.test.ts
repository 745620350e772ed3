import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteLog } from '../event-log/event-log.sqlite'
import { openDatabase } from '../lib/database.sqlite'
import type { Database } from '../lib/database.sqlite'
import type { OpenStore, StoreOptions, StoreUnderTest } from './features/fixtures'
import { openBench, pass, tryPlace } from './features/fixtures'
import { ALICE, draft, SHOP } from './features/samples'
import { KEY_KEPT_MS } from './idempotency'
import { orderStoreFeatures } from './order-store.features'
import { openSqliteOrderStore } from './order-store.sqlite'

interface SqliteUnderTest extends StoreUnderTest {
  /** The database in use now: another one after `reopen`. */
  readonly database: () => Database
}

async function open({ now, beforeEvent }: StoreOptions): Promise<SqliteUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'orderwire-orders-'))
  const openAll = (shop = SHOP) => {
    const database = openDatabase(folder)
    const log = openSqliteLog(database, { retentionMs: 3_600_000, retentionMaxEntries: 10_000 })
    const append = (...event: Parameters<typeof log.appendInTransaction>) => {
      beforeEvent()
      log.appendInTransaction(...event)
    }
    return { database, log, store: openSqliteOrderStore(database, append, shop, now) }
  }
  const close = () => {
    opened.log.close()
    opened.database.close()
  }
  let opened = openAll()
  return {
    store: opened.store,
    database: () => opened.database,
    async events() {
      const entries = await opened.log.newest(10_000, 100_000_000)
      return entries
        .filter((entry) => entry.kind === 'event')
        .map(({ event: { name, customer, data } }) => ({ name, customer, data }))
    },
    async reopen(shop) {
      close()
      opened = openAll(shop)
      return opened.store
    },
    async cleanup() {
      close()
      rmSync(folder, { recursive: true })
    },
  }
}

orderStoreFeatures('SQLite', open satisfies OpenStore)

function rowsIn(database: Database, table: string): number {
  return database.sqlite.query<{ n: number }, []>(`SELECT COUNT(*) AS n FROM ${table}`).get()!.n
}

test('outdated keys and minutes are swept as orders are placed', async () => {
  let database!: () => Database
  const bench = await openBench(async (options) => {
    const under = await open(options)
    database = under.database
    return under
  })
  const many = (prefix: string) =>
    Promise.all(
      Array.from({ length: 128 }, (_, index) =>
        tryPlace(bench.store, draft({ cup: 1 }), ALICE, `${prefix}${index}`),
      ),
    )
  await many('old')
  pass(bench, KEY_KEPT_MS)
  await many('new')
  expect(rowsIn(database(), 'idempotency_keys')).toBe(128)
  expect(rowsIn(database(), 'order_minutes')).toBe(1)
  expect(rowsIn(database(), 'orders')).toBe(256)
  await bench.cleanup()
})

test.each([
  ['the orders of a customer', `buyer_id = 'alice' AND seq < 9`, 'orders_of_buyer'],
  ['the orders in a status', `status = 'pending' AND seq < 9`, 'orders_in_status'],
])('%s are read by an index, without sorting', async (_, where, index) => {
  const bench = await open({ now: () => new Date(), beforeEvent() {} })
  const sql = `EXPLAIN QUERY PLAN SELECT body FROM orders WHERE ${where} ORDER BY seq DESC LIMIT 9`
  const plan = bench.database().sqlite.query<{ detail: string }, []>(sql).all()
  expect(plan).toHaveLength(1)
  expect(plan[0]!.detail).toContain(`INDEX ${index}`)
  await bench.cleanup()
})
