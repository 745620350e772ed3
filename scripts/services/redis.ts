import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOOPBACK } from './ports'
import { startService, type Service } from './service'

export interface RedisOptions {
  /** For its configuration, its log and its data; made where it is missing. */
  readonly folder: string
  readonly port: number
  /** Lines of redis.conf, after ours: of two that say the same, the later one counts. */
  readonly config?: readonly string[]
  /** A Sentinel, which keeps what it learns in its configuration. */
  readonly sentinel?: boolean
  readonly detached?: boolean
}

const AT_LEAST = 7

/**
 * What the product is to be run with (see docs/operations.md): every write into a file, once a second
 * onto the disk. The file is rewritten from 256 MB on: at Redis' own 64 MB that happens several times
 * while a log is filled, and costs a core each time.
 */
export const LOG_CONFIG = [
  'appendonly yes',
  'appendfsync everysec',
  'auto-aof-rewrite-min-size 256mb',
]

/** The server's program; null where there is none that is new enough. */
export function findRedis(): string | null {
  const redis = Bun.which('redis-server')
  if (redis === null) return null
  const version = Bun.spawnSync([redis, '--version']).stdout.toString()
  return Number(/v=(\d+)/.exec(version)?.[1] ?? 0) >= AT_LEAST ? redis : null
}

/** Starts a Redis, or a Sentinel; resolves when it serves, its data loaded. */
export async function startRedisServer(
  options: RedisOptions,
  cleanUp?: () => void | Promise<void>,
): Promise<Service> {
  const { folder, port, config = [], sentinel = false } = options
  const redis = findRedis()
  if (redis === null) throw new Error(`Redis ${AT_LEAST} or newer is not installed.`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'redis.conf')
  const own = sentinel
    ? []
    : ['save ""', 'maxmemory-policy noeviction', 'enable-debug-command local']
  const lines = [`bind ${LOOPBACK}`, `port ${port}`, `dir ${JSON.stringify(folder)}`, ...own]
  // A Sentinel keeps there what it has learnt.
  if (!sentinel || !existsSync(file)) writeFileSync(file, [...lines, ...config, ''].join('\n'))
  return startService(
    {
      name: `Redis on port ${port}`,
      command: [redis, file, ...(sentinel ? ['--sentinel'] : [])],
      folder,
      logFile: join(folder, 'redis.log'),
      ready: (log) => /Ready to accept connections|Sentinel ID is/.test(log),
      detached: options.detached ?? false,
    },
    cleanUp,
  )
}
