import { Redis } from 'ioredis'
import type { RedisLog, RedisLogOptions } from '../event-log/event-log.redis'
import { openRedisLog } from '../event-log/event-log.redis'
import { until } from '../event-log/features/fixtures'
import { createLogger } from '../lib/logger'
import type { RedisProcess } from './redis-process'

/** Limits that a test may change while the log is open. */
export interface TestLimits {
  retentionMs: number
  retentionMaxEntries: number
}

export interface TestLog extends AsyncDisposable {
  readonly log: RedisLog
  readonly name: string
  readonly limits: TestLimits
}

export interface TestLogOptions extends Pick<RedisLogOptions, 'callLimits'> {
  /** A log of its own unless given. */
  readonly name?: string
  readonly ca?: string | null
  /** False: nobody has opened it yet. */
  readonly open?: boolean
}

/** A log in the Redis at `url`, opened with nothing to refill. */
export async function openTestLog(url: string, options: TestLogOptions = {}): Promise<TestLog> {
  const { name = crypto.randomUUID(), ca = null, open = true, callLimits } = options
  const limits: TestLimits = { retentionMs: 3_600_000, retentionMaxEntries: 100_000 }
  const log = await openRedisLog(
    Object.assign(limits, {
      settings: { url, name, ca },
      logger: createLogger('silent'),
      ...(callLimits ? { callLimits } : {}),
    }),
  )
  if (open) await log.open(new Map())
  return { log, name, limits, [Symbol.asyncDispose]: () => log.close() }
}

/** A client of one's own, to look at what the log left there and to play tricks on it. */
export function rawRedis(url: string, tls?: { readonly ca: string }): Redis & Disposable {
  const redis = new Redis(url, tls ? { tls } : {})
  // Whoever waits for a command is told.
  redis.on('error', () => {})
  return Object.assign(redis, { [Symbol.dispose]: () => redis.disconnect() })
}

/** Resolves once the log answers: a Redis that was started again is found within moments. */
export async function reachable(log: RedisLog): Promise<void> {
  await until(() =>
    log.state().then(
      () => true,
      () => false,
    ),
  )
}

/** Resolves when a tail is at the head of a log there, and waits. */
export async function tailWaits({ url }: RedisProcess): Promise<void> {
  using raw = rawRedis(url)
  await until(async () => /blocked_clients:[1-9]/.test(await raw.info('clients')))
}
