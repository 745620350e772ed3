import { afterAll, beforeAll } from 'bun:test'
import type { OrderEvent } from '../event-log/event-log'
import { openPostgres } from '../lib/database.postgres'
import type { PostgresDatabase } from '../lib/database.postgres'
import { createLogger } from '../lib/logger'
import { freshDatabase } from '../testing/database.postgres'
import type { OpenStore, StoreOptions, StoreUnderTest, StoredEvent } from './features/fixtures'
import { SHOP } from './features/samples'
import { orderStoreFeatures } from './order-store.features'
import { openPostgresOrderStore } from './order-store.postgres'

const logger = createLogger('silent')
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: PostgresDatabase

beforeAll(async () => {
  fresh = await freshDatabase()
  database = await openPostgres(fresh.url, { poolSize: 8, logger })
  await database.sql.unsafe(
    'CREATE TABLE logged (seq bigint GENERATED ALWAYS AS IDENTITY, event text NOT NULL)',
  )
})
afterAll(async () => {
  await database.close()
  await fresh[Symbol.asyncDispose]()
})

async function open({ now, beforeEvent }: StoreOptions): Promise<StoreUnderTest> {
  await database.sql.unsafe(
    `TRUNCATE products, orders, order_changes, order_search, order_stats, order_minutes,
      idempotency_keys, logged RESTART IDENTITY`,
  )
  const append = async (tx: Bun.TransactionSQL, { name, customer, data }: OrderEvent) => {
    beforeEvent()
    await tx`INSERT INTO logged (event) VALUES (${JSON.stringify({ name, customer, data })})`
  }
  const openStore = (shop = SHOP) => openPostgresOrderStore(database, append, shop, now)
  return {
    store: openStore(),
    async events() {
      const rows = await database.sql<{ event: string }[]>`SELECT event FROM logged ORDER BY seq`
      return rows.map(({ event }) => JSON.parse(event) as StoredEvent)
    },
    reopen: async (shop) => openStore(shop),
    async cleanup() {},
  }
}

orderStoreFeatures('Postgres', open satisfies OpenStore)
