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

/** Starts a Redis, or a Sentinel; resolves when it serves, its data loaded. */
export async function startRedisServer(
  options: RedisOptions,
  cleanUp?: () => void | Promise<void>,
): Promise<Service> {
  const { folder, port, config = [], sentinel = false } = options
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'redis.conf')
  const own = sentinel
    ? []
    : ['save ""', 'maxmemory-policy noeviction', 'enable-debug-command local']
  const lines = [`bind ${LOOPBACK}`, `port ${port}`, `dir ${JSON.stringify(folder)}`, ...own]
  // What a Sentinel or CONFIG REWRITE wrote there counts at the next start.
  if (!existsSync(file)) writeFileSync(file, [...lines, ...config, ''].join('\n'))
  return startService(
    {
      name: `Redis on port ${port}`,
      command: ['redis-server', file, ...(sentinel ? ['--sentinel'] : [])],
      folder,
      logFile: join(folder, 'redis.log'),
      ready: (log) => /Ready to accept connections|Sentinel ID is/.test(log),
      detached: options.detached ?? false,
    },
    cleanUp,
  )
}
