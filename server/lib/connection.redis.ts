import type { ConnectionOptions } from 'node:tls'
import { Redis, type RedisOptions } from 'ioredis'
import { parseRedisUrl, type RedisAddress } from './address.redis'
import { isElsewhere, isUnreachable, redisFailure } from './failure.redis'
import type { Logger } from './logger'
import { Outage } from './outage'
import type { RedisSettings } from './redis-settings'
import { shardConnector } from './shard-connector.redis'
import { checkDatabase, checkSuitable } from './suitable.redis'

/** One connection that is made at its first use, and anew whenever it is lost. */
export interface RedisConnection {
  /**
   * Runs `work` on it. Rejects with an `AppError`: within about two seconds where Redis is out of reach
   * (`log_unreachable`) or full (`log_full`), both temporary; `redis_unsuitable` or `log_forbidden` where
   * somebody has to change its configuration. A command is never sent a second time: one that was
   * under way when the connection was lost may have been carried out.
   * Works begin in the order in which they were handed over.
   */
  use<T>(work: (redis: Redis) => Promise<T>): Promise<T>
}

export interface RedisConnections {
  readonly reader: RedisConnection
  readonly writer: RedisConnection
  /**
   * A connection to wait on, for one caller alone, who ends it with `close`. It is not made anew: its
   * next work rejects with `log_unreachable`. `waitMs`: how long a command may wait by itself.
   */
  waiting(waitMs: number): RedisConnection & { close(): void }
  close(): Promise<void>
}

const DEADLINE_MS = 2_000
const RECONNECT_MAX_MS = 1_000
const ASK_MS = 1_000
const ASK_AGAIN_MS = 200

/** Connects to nothing yet. Throws an `AppError` for an address that cannot be used. */
export function openRedis(
  { url, name, ca }: RedisSettings,
  logger: Logger,
  prepare: (redis: Redis) => void = () => {},
): RedisConnections {
  const address = parseRedisUrl(url)
  const options = optionsOf(address, `{${name}}`, ca)
  const place = address.endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')
  const meanwhile = 'orders are taken as before, and updates of them wait'
  const outage = new Outage({ service: 'Redis', place, meanwhile, logger })
  const connect = (more: RedisOptions) => {
    const redis = new Redis({ ...options, ...more })
    prepare(redis)
    return new Connection(redis, address, place, outage)
  }
  const reader = connect({})
  const writer = connect({})
  const waiting = new Set<Connection>()
  return {
    reader,
    writer,
    waiting(waitMs) {
      const deadlineMs = waitMs + DEADLINE_MS
      const connection = connect({
        retryStrategy: null,
        commandTimeout: deadlineMs,
        socketTimeout: undefined,
      })
      waiting.add(connection)
      connection.onEnd(() => waiting.delete(connection))
      return connection
    },
    async close() {
      outage.end()
      for (const connection of [reader, writer, ...waiting]) connection.close()
    },
  }
}

class Connection implements RedisConnection {
  /** Settled once what is connected now was looked at; null while nothing is. */
  #usable: Promise<void> | null = null
  #lastError: Error | null = null
  #closing = false

  constructor(
    private readonly redis: Redis,
    private readonly address: RedisAddress,
    private readonly place: string,
    private readonly outage: Outage,
  ) {
    redis.on('error', (error: Error) => {
      this.#lastError = error
      if (!this.#closing) outage.failed(error)
    })
    redis.on('ready', () => {
      this.#lastError = null
    })
    redis.on('close', () => {
      this.#usable = null
    })
  }

  async use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      this.#usable ??= this.#open()
      await this.#usable
      const answer = await work(this.redis)
      this.outage.works()
      return answer
    } catch (error) {
      const failure = redisFailure(error, this.place, this.#lastError)
      if (isUnreachable(failure) && !this.#closing) this.outage.failed(failure)
      throw failure
    }
  }

  onEnd(listener: () => void): void {
    this.redis.once('end', listener)
  }

  close(): void {
    // What waits on it fails, which says nothing of Redis.
    this.#closing = true
    this.redis.disconnect()
  }

  /** Each connection anew: after a failover it may be another server, configured otherwise. */
  async #open(): Promise<void> {
    try {
      await this.#ready()
      checkSuitable(await this.redis.info(), this.address.kind, this.place)
      const { db } = this.address
      if (db > 0) checkDatabase(String(await this.redis.client('INFO')), db, this.place)
    } catch (error) {
      this.#usable = null
      throw error
    }
  }

  /** Resolves when it is connected, rejects when the attempt that is running or due fails. */
  #ready(): Promise<void> {
    const { redis } = this
    return new Promise((resolve, reject) => {
      if (redis.status === 'ready') return resolve()
      const settle = (act: () => void) => () => {
        clearTimeout(timer)
        redis.off('ready', onReady)
        redis.off('close', onClose)
        redis.off('end', onClose)
        redis.off('error', onError)
        act()
      }
      const onReady = settle(resolve)
      const onClose = settle(() => reject(new Error('Connection is closed.')))
      const onLate = settle(() => reject(new Error(`no connection within ${DEADLINE_MS} ms`)))
      // Nobody knew a master: they are asked again and again, and nothing is closed meanwhile.
      const onError = () => {
        if (redis.status === 'connecting') onClose()
      }
      const timer = setTimeout(onLate, DEADLINE_MS)
      redis.on('ready', onReady)
      redis.on('close', onClose)
      redis.on('end', onClose)
      redis.on('error', onError)
      if (redis.status === 'end') onClose()
      // What it rejects with is an event too.
      if (redis.status === 'wait') redis.connect().catch(() => {})
    })
  }
}

function optionsOf(address: RedisAddress, key: string, ca: string | null): RedisOptions {
  const { kind, endpoints, master, db, username, password } = address
  const tls: ConnectionOptions | undefined = address.tls
    ? { ...(ca === null ? {} : { ca }) }
    : undefined
  const common: RedisOptions = {
    lazyConnect: true,
    protocol: 2,
    disableClientInfo: true,
    connectionName: 'orderwire',
    username: username ?? undefined,
    password: password ?? undefined,
    db,
    tls,
    connectTimeout: DEADLINE_MS,
    commandTimeout: DEADLINE_MS,
    // A server that is frozen, or behind a broken line, does not close its connections.
    socketTimeout: DEADLINE_MS + 500,
    maxLoadingRetryTime: 500,
    // What was under way when a connection was lost is refused and not sent again, and nothing is
    // kept for the next connection, which nobody has looked at yet.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) =>
      Math.min(25 * 2 ** times, RECONNECT_MAX_MS) * (0.75 + Math.random() / 4),
    reconnectOnError: isElsewhere,
  }
  const asking: RedisOptions = {
    ...common,
    db: 0,
    commandTimeout: ASK_MS,
    connectTimeout: ASK_MS,
    retryStrategy: null,
    enableReadyCheck: false,
    enableOfflineQueue: true,
  }
  switch (kind) {
    case 'server':
      return { ...common, ...endpoints[0] }
    case 'sentinel':
      return {
        ...common,
        sentinels: [...endpoints],
        name: master!,
        enableTLSForSentinelMode: address.tls,
        sentinelTLS: tls,
        sentinelUsername: address.sentinelUsername ?? undefined,
        sentinelPassword: address.sentinelPassword ?? undefined,
        sentinelCommandTimeout: ASK_MS,
        // Anything but a number would end the client for good.
        sentinelRetryStrategy: () => ASK_AGAIN_MS,
      }
    case 'cluster':
      return {
        ...common,
        Connector: shardConnector({ nodes: endpoints, key, tls, asking, retryMs: ASK_AGAIN_MS }),
      }
  }
}
