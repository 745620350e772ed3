import { resolve } from 'node:path'
import type { HubLimits } from './hub/limits'
import type { ShopSettings } from './orders/shop'
import { readAuth, readHost, type AuthSettings } from './settings/auth'
import { readEngine, type EngineSettings } from './settings/engine'
import { readHub, readSocket } from './settings/limits'
import { addressBlockOf, createSettingsReader, originOf } from './settings/reader'
import { readShop } from './settings/shop'
import type { SocketLimits } from './socket/limits'

export type { AuthSettings, TokenIssuer } from './settings/auth'
export type { DistributedSettings, EngineSettings } from './settings/engine'

export interface Config {
  readonly engine: EngineSettings
  /** Whose orders these are: placed here over REST (`on`), or told by another service (`off`). */
  readonly orders: 'on' | 'off'
  /** What `server/main.ts` runs: the server alone, or a worker in the same process too. */
  readonly role: 'server' | 'all'
  /** 0: any free one. */
  readonly port: number
  readonly host: string
  /** Where a worker tells its health; 0: any free port. */
  readonly worker: { readonly port: number; readonly host: string }
  /** Absolute path. */
  readonly dataDir: string
  readonly auth: AuthSettings
  /** Origins beside the server's own, `https://shop.example`, that browsers may call from. */
  readonly allowedOrigins: readonly string[]
  /** Addresses and CIDR blocks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  readonly shop: ShopSettings
  readonly sampleProducts: boolean
  readonly retentionMs: number
  readonly retentionMaxEntries: number
  readonly hub: HubLimits
  readonly socket: SocketLimits
  readonly logLevel: string
  /** How long a server that is to stop still takes new sockets, so that balancers notice. */
  readonly drainWaitMs: number
  readonly drainMs: number
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads every setting from `env` (nothing else reads the environment); `.env.example` documents
 * them. An empty value counts as not set. Throws one `AppError` (`config_invalid`) that names each
 * bad variable, what was given and what was expected, one a line.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = createSettingsReader(env)
  const auth = readAuth(read)
  const shop = readShop(read)
  const port = read.integer('PORT', { fallback: 3_009, min: 0, max: 65_535 })
  const { engine, orders, role } = readEngine(read, shop.currency)
  const config: Config = {
    engine,
    orders,
    role,
    port: read.integer('REALTIME_PORT', { fallback: port, min: 0, max: 65_535 }),
    host: readHost(read, auth.issuer),
    worker: {
      port: read.integer('WORKER_PORT', { fallback: 3_010, min: 0, max: 65_535 }),
      host: read.text('WORKER_HOST', '127.0.0.1'),
    },
    dataDir: resolve(read.text('DATA_DIR', 'data')),
    auth,
    allowedOrigins: read.list('ALLOWED_ORIGINS', 'origins such as https://shop.example', originOf),
    trustedProxies: read.list('TRUSTED_PROXIES', 'IP addresses or CIDR blocks', addressBlockOf),
    shop,
    sampleProducts: read.oneOf('SAMPLE_PRODUCTS', 'on', ['on', 'off']) === 'on',
    retentionMs:
      read.decimal('RETENTION_HOURS', { fallback: 24, min: 0.01, max: 8_760 }) * 3_600_000,
    retentionMaxEntries: read.integer('RETENTION_MAX_ENTRIES', {
      fallback: 1_000_000,
      min: 1,
      max: 1_000_000_000,
    }),
    hub: readHub(read, engine.kind === 'distributed'),
    socket: readSocket(read),
    logLevel: read.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    drainWaitMs: read.integer('DRAIN_WAIT_MS', { fallback: 0, min: 0, max: 600_000 }),
    drainMs: read.integer('DRAIN_MS', { fallback: 10_000, min: 0, max: 600_000 }),
  }
  read.throwIfInvalid()
  return config
}
