import { openPostgresRevocations } from './auth/revocations.postgres'
import type { Config, DistributedSettings } from './config'
import { tellOutages } from './dead-letters/told'
import type { Engine } from './engine'
import { openRedisLog } from './event-log/event-log.redis'
import { openKafka } from './kafka/client'
import { KAFKA_LIMITS } from './kafka/limits'
import { openPostgres, type PostgresDatabase } from './lib/database.postgres'
import type { Logger } from './lib/logger'
import { Outage } from './lib/outage'
import { poll } from './lib/polled'
import { createDeadLetters } from './mirror/dead-letters'
import { openPostgresOrderStore } from './orders/order-store.postgres'
import type { Backlog } from './outbox/outbox'
import { openPostgresOutbox, writeToCapturedOutbox, writeToOutbox } from './outbox/outbox.postgres'

const BACKLOG_EVERY_MS = 1_000
/** Somebody waits for what a server asks Kafka; a worker has time. */
const KAFKA_CALL_MS = 5_000

/** Orders in Postgres; their events come back from the shared log, by way of outbox and Kafka. */
export async function openDistributedEngine(
  config: Config,
  settings: DistributedSettings,
  logger: Logger,
): Promise<Engine> {
  const opened = new AsyncDisposableStack()
  try {
    const database = await openPostgres(settings.postgres.url, {
      poolSize: settings.postgres.poolSize,
      logger,
    })
    opened.defer(() => database.close())
    const outbox = openPostgresOutbox(database)
    const backlog = poll(() => outbox.backlog(), {
      everyMs: BACKLOG_EVERY_MS,
      about: 'the backlog of the outbox',
      logger,
    })
    opened.defer(() => backlog.stop())
    const ageMs = () => ageOf(backlog.latest())
    const log = await openRedisLog({
      settings: settings.redis,
      retentionMs: config.retentionMs,
      retentionMaxEntries: config.retentionMaxEntries,
      logger,
      pendingAgeMs: ageMs,
    })
    opened.defer(() => log.close())
    const revocations = await openPostgresRevocations(database, logger)
    opened.defer(() => revocations.close())
    // Connects when staff ask for dead letters; nothing else here needs it.
    const kafka = openKafka(settings.kafka, logger, { ...KAFKA_LIMITS, callMs: KAFKA_CALL_MS })
    const kafkaOutage = new Outage({
      service: 'Kafka',
      place: settings.kafka.brokers.join(', '),
      meanwhile: 'dead letters can be neither shown nor sent back',
      logger,
    })
    opened.defer(async () => {
      kafkaOutage.end()
      await kafka.close()
    })
    return {
      orders: openPostgresOrderStore(
        database,
        settings.relay ? writeToOutbox : writeToCapturedOutbox,
        config.shop,
      ),
      log,
      revocations,
      deadLetters: tellOutages(
        createDeadLetters(kafka, settings.mirror.deadLetterTopic),
        kafkaOutage,
      ),
      health: {
        database: () => reach(database),
        outbox:
          config.orders === 'off' || !settings.relay
            ? null
            : () => ({ rows: backlog.latest()?.unsent ?? 0, ageMs: ageMs() }),
      },
      close: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

function ageOf(backlog: Backlog | null): number {
  return backlog === null || backlog.oldestAt === null
    ? 0
    : Math.max(0, Date.now() - backlog.oldestAt)
}

async function reach(database: PostgresDatabase): Promise<'ok'> {
  await database.query((sql) => sql`SELECT 1`)
  return 'ok'
}
