import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startKafka } from '../../services/kafka'
import { freePort, freePorts, LOOPBACK } from '../../services/ports'
import { postgresUrl, startPostgres } from '../../services/postgres'
import { LOG_CONFIG, startRedisServer } from '../../services/redis'
import type { Service } from '../../services/service'
import { OUTPUT } from './children'

export interface BenchRedis {
  readonly url: string
  /** Ends it without a word, with all that it holds. */
  stop(): Promise<void>
}

/** Services of a figure's own, on free ports and on the repository's disk. */
export interface Services {
  /** Kafka, as `host:port`. */
  readonly broker: string
  readonly kafkaPid: number
  readonly postgresUrl: string
  /** An empty one, configured as `scripts/stack` and the product's documents have it. */
  startRedis(): Promise<BenchRedis>
}

/** Starts Kafka and PostgreSQL for the time of `work`; all data are removed after it. */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  mkdirSync(OUTPUT, { recursive: true })
  const folder = mkdtempSync(join(OUTPUT, 'services-'))
  // PostgreSQL may run as a user of its own.
  chmodSync(folder, 0o711)
  const running = new Set<Service>()
  try {
    const [port = 0, controllerPort = 0, postgresPort = 0] = await freePorts(3)
    const [kafka, postgres] = await Promise.all([
      startKafka({ folder: join(folder, 'kafka'), port, controllerPort, say: console.error }),
      startPostgres({ folder: join(folder, 'postgres'), port: postgresPort }),
    ])
    running.add(kafka).add(postgres)
    let started = 0
    return await work({
      broker: `${LOOPBACK}:${port}`,
      kafkaPid: kafka.pid,
      postgresUrl: postgresUrl(postgresPort),
      async startRedis() {
        const redisPort = await freePort()
        const redisFolder = join(folder, `redis-${started++}`)
        const options = { folder: redisFolder, port: redisPort, config: LOG_CONFIG }
        const redis = await startRedisServer(options)
        running.add(redis)
        return {
          url: `redis://${LOOPBACK}:${redisPort}`,
          async stop() {
            await redis.kill()
            running.delete(redis)
            rmSync(redisFolder, { recursive: true, force: true })
          },
        }
      },
    })
  } finally {
    await Promise.all([...running].map((service) => service.kill()))
    rmSync(folder, { recursive: true, force: true })
  }
}
