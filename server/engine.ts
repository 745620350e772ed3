import type { RevocationStore } from './auth/revocations'
import type { Config } from './config'
import { openDistributedEngine } from './engine-distributed'
import { openEmbeddedEngine } from './engine-embedded'
import type { EventLog } from './event-log/event-log'
import type { DistributedHealth } from './health/node-health'
import type { Logger } from './lib/logger'
import type { DeadLetters } from './mirror/dead-letters'
import type { OrderStore } from './orders/order-store'
import { seedProducts } from './orders/seed'

/** What holds the orders, logs their events, and remembers who was shown the door. */
export interface Engine {
  readonly orders: OrderStore
  readonly log: EventLog
  readonly revocations: RevocationStore
  /** Absent where nothing is read that could be unreadable. */
  readonly deadLetters?: DeadLetters
  /** How the services behind it are; absent where there are none. */
  readonly health?: Omit<DistributedHealth, 'log'>
  /** Commits what waits and gives everything free; the log's tails end. */
  close(): Promise<void>
}

/**
 * Opens the engine that the configuration names. Throws an `AppError` with one sentence for people
 * where its stores cannot be used.
 */
export async function openEngine(config: Config, logger: Logger): Promise<Engine> {
  const engine =
    config.engine.kind === 'embedded'
      ? openEmbeddedEngine(config, logger)
      : await openDistributedEngine(config, config.engine, logger)
  try {
    if (config.sampleProducts && (await seedProducts(engine.orders, config.shop.currency))) {
      logger.info('sample products added')
    }
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}
