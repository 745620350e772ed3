import { join } from 'node:path'
import { freePort } from '../../scripts/services/ports'
import { startRedisServer } from '../../scripts/services/redis'
import type { Service } from '../../scripts/services/service'
import { tempFolder } from './temp-folder'

/** A Redis of one's own. Whoever starts it disposes of it; it ends with the tests in any case. */
export interface RedisProcess extends Service {
  /** `redis://127.0.0.1:port` */
  readonly url: string
  readonly port: number
  /** Its data and its redis.conf. */
  readonly folder: string
}

export interface RedisProcessOptions {
  /** An append-only file: what was written is there after a restart. Without it a restart is empty. */
  readonly appendonly?: boolean
  readonly appendfsync?: 'always' | 'everysec' | 'no'
  readonly replicaof?: { readonly port: number }
  /** More lines of redis.conf (`maxmemory 10mb`); they win over the others. */
  readonly config?: readonly string[]
  /** A Sentinel instead of a Redis; `config` says what it monitors. */
  readonly sentinel?: boolean
  /** A free one unless given. */
  readonly port?: number
}

const ATTEMPTS = 3

/** Starts redis-server in a temporary folder, on a free port of the loopback address. */
export async function startRedis(options: RedisProcessOptions = {}): Promise<RedisProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const temp = tempFolder()
    try {
      const service = await startRedisServer(
        {
          folder: join(temp.path, 'redis'),
          port,
          config: configOf(options),
          sentinel: options.sentinel ?? false,
        },
        () => temp[Symbol.dispose](),
      )
      return Object.assign(service, {
        url: `redis://127.0.0.1:${port}`,
        port,
        folder: join(temp.path, 'redis'),
      })
    } catch (error) {
      temp[Symbol.dispose]()
      // Another process may have taken the port between the look and the start.
      if (options.port !== undefined || attempt === ATTEMPTS) throw error
    }
  }
}

function configOf(options: RedisProcessOptions): readonly string[] {
  const { appendonly = false, appendfsync, replicaof, config = [], sentinel } = options
  if (sentinel) return config
  return [
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    ...(appendfsync ? [`appendfsync ${appendfsync}`] : []),
    ...(replicaof ? [`replicaof 127.0.0.1 ${replicaof.port}`] : []),
    ...config,
  ]
}
