import type { Config, DistributedSettings } from './config'
import { openRedisLog } from './event-log/event-log.redis'
import { createLogUpkeep, type LogUpkeep } from './event-log/upkeep'
import { openKafka } from './kafka/client'
import { openPostgres } from './lib/database.postgres'
import type { Logger } from './lib/logger'
import { createMirror, type Mirror } from './mirror/mirror'
import { openPostgresProjection } from './orders/projection.postgres'
import { openPostgresOutbox } from './outbox/outbox.postgres'
import { createRelay, type Relay } from './outbox/relay'

/** What runs behind the servers: records to the log, the outbox to Kafka, and the log's upkeep. */
export interface WorkerEngine {
  readonly mirror: Mirror
  /** Null where another service owns the orders, or something else sends the outbox. */
  readonly relay: Relay | null
  readonly upkeep: LogUpkeep
  close(): Promise<void>
}

/**
 * Opens what a worker needs; nothing runs yet. Throws an `AppError` with one sentence for people where
 * its stores cannot be used.
 */
export async function openWorkerEngine(
  config: Config,
  settings: DistributedSettings,
  logger: Logger,
): Promise<WorkerEngine> {
  const opened = new AsyncDisposableStack()
  try {
    const database = await openPostgres(settings.postgres.url, {
      poolSize: settings.postgres.poolSize,
      logger,
    })
    opened.defer(() => database.close())
    const log = await openRedisLog({
      settings: settings.redis,
      retentionMs: config.retentionMs,
      retentionMaxEntries: config.retentionMaxEntries,
      logger,
    })
    opened.defer(() => log.close())
    const kafka = openKafka(settings.kafka, logger)
    opened.defer(() => kafka.close())
    const { mirror: mirrored } = settings
    const foreign = mirrored.orders === 'off'
    const projection = foreign
      ? openPostgresProjection(database, {
          timeZone: config.shop.timeZone,
          currency: config.shop.currency,
          customerFields: mirrored.customerFields,
        })
      : null
    const relays = !foreign && settings.relay
    return {
      mirror: createMirror({
        kafka,
        log,
        projection,
        settings: mirrored,
        retentionMs: config.retentionMs,
        logger,
      }),
      relay: relays
        ? createRelay({
            outbox: openPostgresOutbox(database),
            producer: kafka.producer(),
            topics: mirrored.topics,
            logger,
            holder: crypto.randomUUID(),
          })
        : null,
      upkeep: createLogUpkeep(log, logger),
      close: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}
