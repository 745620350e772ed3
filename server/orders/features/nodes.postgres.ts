import type { OrderEvent } from '../../event-log/event-log'
import { openPostgres } from '../../lib/database.postgres'
import type { PostgresDatabase } from '../../lib/database.postgres'
import { createLogger } from '../../lib/logger'
import { freshDatabase } from '../../testing/database.postgres'
import { openPostgresOrderStore } from '../order-store.postgres'
import type { OrderStore } from '../order-store'
import type { StoredEvent, StoreOptions } from './fixtures'
import { SHOP } from './samples'

/** One Postgres with what the tests need, and nodes that share it. */
export interface Nodes extends AsyncDisposable {
  readonly url: string
  readonly sql: Bun.SQL
  /** A pool of its own, as another process has. */
  readonly connect: (options?: { deadlineMs?: number; url?: string }) => Promise<PostgresDatabase>
  /** Leaves nothing of the orders. */
  readonly empty: () => Promise<void>
  /** All events that were written, in the order of writing. */
  readonly events: () => Promise<readonly StoredEvent[]>
}

const LOGGER = createLogger('silent')
const POOL_SIZE = 8

export async function openNodes(): Promise<Nodes> {
  const fresh = await freshDatabase()
  const databases: PostgresDatabase[] = []
  const connect: Nodes['connect'] = async ({ url = fresh.url, ...options } = {}) => {
    const database = await openPostgres(url, { poolSize: POOL_SIZE, logger: LOGGER, ...options })
    databases.push(database)
    return database
  }
  const { sql } = await connect()
  await sql.unsafe(
    'CREATE TABLE logged (seq bigint GENERATED ALWAYS AS IDENTITY, event text NOT NULL)',
  )
  return {
    url: fresh.url,
    sql,
    connect,
    async empty() {
      await sql.unsafe(
        `TRUNCATE products, orders, order_changes, order_search, order_stats, order_minutes,
          idempotency_keys, logged RESTART IDENTITY`,
      )
    },
    async events() {
      const rows = await sql<{ event: string }[]>`SELECT event FROM logged ORDER BY seq`
      return rows.map(({ event }) => JSON.parse(event) as StoredEvent)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(databases.map((database) => database.close()))
      await fresh[Symbol.asyncDispose]()
    },
  }
}

const AS_TIME_GOES: StoreOptions = { now: () => new Date(), beforeEvent() {} }

/** A store whose events go into the table `logged`, as they would into an outbox. */
export function openNodeStore(
  database: PostgresDatabase,
  { now, beforeEvent }: StoreOptions = AS_TIME_GOES,
  shop = SHOP,
): OrderStore {
  const append = async (tx: Bun.TransactionSQL, { name, customer, data }: OrderEvent) => {
    beforeEvent()
    await tx`INSERT INTO logged (event) VALUES (${JSON.stringify({ name, customer, data })})`
  }
  return openPostgresOrderStore(database, append, shop, now)
}
