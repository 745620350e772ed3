import { openSqliteRevocations } from './auth/revocations.sqlite'
import type { Config } from './config'
import type { Engine } from './engine'
import { openSqliteLog } from './event-log/event-log.sqlite'
import { openDatabase } from './lib/database.sqlite'
import type { Logger } from './lib/logger'
import { openSqliteOrderStore } from './orders/order-store.sqlite'

/** One file: an order and its event are one transaction, and nothing lies between them. */
export function openEmbeddedEngine(config: Config, logger: Logger): Engine {
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
    return {
      orders,
      log,
      revocations: openSqliteRevocations(database),
      async close() {
        log.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
