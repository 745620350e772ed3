import type { RevocationStore } from './auth/revocations'
import { openSqliteRevocations } from './auth/revocations.sqlite'
import type { Config } from './config'
import type { EventLog } from './event-log/event-log'
import { openSqliteLog } from './event-log/event-log.sqlite'
import { openDatabase } from './lib/database.sqlite'
import type { Logger } from './lib/logger'
import type { OrderStore } from './orders/order-store'
import { openSqliteOrderStore } from './orders/order-store.sqlite'
import { seedProducts } from './orders/seed'

/** What holds the orders, logs their events, and remembers who was shown the door. */
export interface Engine {
  readonly orders: OrderStore
  readonly log: EventLog
  readonly revocations: RevocationStore
  /** Commits what waits and gives everything free; the log's tails end. */
  close(): void
}

/**
 * Opens the engine that the configuration names. Throws an `AppError` with one sentence for people
 * where its stores cannot be used.
 */
export async function openEngine(config: Config, logger: Logger): Promise<Engine> {
  const database = openDatabase(config.dataDir)
  try {
    const log = openSqliteLog(database, {
      retentionMs: config.retentionMs,
      retentionMaxEntries: config.retentionMaxEntries,
      logger,
    })
    const orders = openSqliteOrderStore(
      database,
      (event, source) => log.appendInTransaction(event, source),
      config.shop,
    )
    if (config.sampleProducts && (await seedProducts(orders, config.shop.currency))) {
      logger.info('sample products added')
    }
    return {
      orders,
      log,
      revocations: openSqliteRevocations(database),
      close() {
        log.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
