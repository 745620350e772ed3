import { resolve } from 'node:path'
import type { HubLimits } from './hub/limits'
import type { ShopSettings } from './orders/shop'
import {
  addressBlockOf,
  createSettingsReader,
  emailOf,
  isCurrency,
  isHttpUrl,
  isTimeZone,
  originOf,
  type SettingsReader,
} from './settings-reader'
import type { SocketLimits } from './socket/limits'

/** Who issues the tokens. `demo`: the server itself, to anybody who can reach it (loopback only). */
export type TokenIssuer =
  | { readonly kind: 'demo' }
  | {
      readonly kind: 'secret'
      readonly secret: string
      readonly issuer: string | null
      readonly audience: string | null
    }
  | {
      readonly kind: 'jwks'
      readonly url: string
      readonly issuer: string
      readonly audience: string
    }

export interface AuthSettings {
  readonly issuer: TokenIssuer
  /** The role that makes staff. */
  readonly staffRole: string
  /** The claim that holds the roles; dots descend: `realm_access.roles`. */
  readonly rolesClaim: string
  /** Lower-cased addresses that are staff where the token says they are verified. */
  readonly adminEmails: readonly string[]
}

export interface Config {
  readonly engine: 'embedded'
  /** 0: any free one. */
  readonly port: number
  readonly host: string
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
  readonly drainMs: number
}

const MIB = 1_048_576
const MIN_SECRET_BYTES = 32
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads every setting from `env` (nothing else reads the environment); `.env.example` documents
 * them. An empty value counts as not set. Throws one `AppError` (`config_invalid`) that names each
 * bad variable, what was given and what was expected, one a line.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = createSettingsReader(env)
  const issuer = readIssuer(read)
  const engine = readEngine(read)
  const port = read.integer('PORT', { fallback: 3_009, min: 0, max: 65_535 })
  const config: Config = {
    engine,
    port: read.integer('REALTIME_PORT', { fallback: port, min: 0, max: 65_535 }),
    host: readHost(read, issuer),
    dataDir: resolve(read.text('DATA_DIR', 'data')),
    auth: {
      issuer,
      staffRole: read.text('STAFF_ROLE', 'staff'),
      rolesClaim: read.text('ROLES_CLAIM', 'roles'),
      adminEmails: read.list('ADMIN_EMAILS', 'addresses such as ada@shop.example', emailOf),
    },
    allowedOrigins: read.list('ALLOWED_ORIGINS', 'origins such as https://shop.example', originOf),
    trustedProxies: read.list('TRUSTED_PROXIES', 'IP addresses or CIDR blocks', addressBlockOf),
    shop: readShop(read),
    sampleProducts: read.oneOf('SAMPLE_PRODUCTS', 'on', ['on', 'off']) === 'on',
    retentionMs:
      read.decimal('RETENTION_HOURS', { fallback: 24, min: 0.01, max: 8_760 }) * 3_600_000,
    retentionMaxEntries: read.integer('RETENTION_MAX_ENTRIES', {
      fallback: 1_000_000,
      min: 1,
      max: 1_000_000_000,
    }),
    hub: readHub(read),
    socket: readSocket(read),
    logLevel: read.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    drainMs: read.integer('DRAIN_MS', { fallback: 10_000, min: 0, max: 600_000 }),
  }
  read.throwIfInvalid()
  return config
}

function readShop(read: SettingsReader): ShopSettings {
  return {
    currency: read.matching('SHOP_CURRENCY', 'EUR', 'an ISO 4217 code such as EUR', isCurrency),
    taxPercent: read.decimal('SHOP_TAX_PERCENT', { fallback: 19, min: 0, max: 100 }),
    timeZone: read.matching(
      'SHOP_TIME_ZONE',
      'Europe/Berlin',
      'a time zone such as Europe/Berlin or UTC',
      isTimeZone,
    ),
  }
}

function readHub(read: SettingsReader): HubLimits {
  return {
    windowMaxEntries: read.integer('WINDOW_MAX_ENTRIES', {
      fallback: 50_000,
      min: 1,
      max: 10_000_000,
    }),
    windowMaxBytes: read.integer('WINDOW_MAX_BYTES', {
      fallback: 64 * MIB,
      min: 1_024,
      max: 8_192 * MIB,
    }),
    replayMaxEntries: read.integer('REPLAY_MAX_ENTRIES', {
      fallback: 10_000,
      min: 1,
      max: 1_000_000,
    }),
    replayConcurrency: 4,
    replayStallMs: 30_000,
    aheadWaitMs: 2_000,
    retrySpreadMs: 5_000,
    heartbeatMs: read.integer('HEARTBEAT_MS', { fallback: 10_000, min: 100, max: 60_000 }),
    backpressureLimitBytes: read.integer('BACKPRESSURE_LIMIT_BYTES', {
      fallback: MIB,
      min: 262_144,
      max: 64 * MIB,
    }),
    expectBeats: false,
  }
}

function readSocket(read: SettingsReader): SocketLimits {
  return {
    authTimeoutMs: read.integer('AUTH_TIMEOUT_MS', { fallback: 5_000, min: 100, max: 60_000 }),
    maxFrameBytes: read.integer('MAX_FRAME_BYTES', { fallback: 16_384, min: 1_024, max: MIB }),
    maxInvalidFrames: 5,
    idleTimeoutSeconds: 60,
    endOverMs: 2_000,
    maxSocketsPerUser: read.integer('MAX_SOCKETS_PER_USER', {
      fallback: 100,
      min: 1,
      max: 1_000_000,
    }),
    maxUnauthenticatedPerAddress: read.integer('MAX_UNAUTHENTICATED_PER_ADDRESS', {
      fallback: 200,
      min: 1,
      max: 1_000_000,
    }),
    maxFramesPerSecond: read.integer('MAX_FRAMES_PER_SECOND', {
      fallback: 50,
      min: 1,
      max: 100_000,
    }),
  }
}

function readIssuer(read: SettingsReader): TokenIssuer {
  const secret = read.optional('JWT_SECRET')
  const url = read.optional('JWKS_URL')
  const issuer = read.optional('JWT_ISSUER')
  const audience = read.optional('JWT_AUDIENCE')
  if (secret !== null && url !== null) {
    read.invalid('JWT_SECRET and JWKS_URL are both set: expected one of them.')
  }
  if (url !== null) {
    if (!isHttpUrl(url)) read.invalid(`JWKS_URL is "${url}": expected an http(s) address.`)
    if (issuer === null) read.invalid('JWT_ISSUER is not set: JWKS_URL needs it.')
    if (audience === null) read.invalid('JWT_AUDIENCE is not set: JWKS_URL needs it.')
    return { kind: 'jwks', url, issuer: issuer ?? '', audience: audience ?? '' }
  }
  if (secret !== null) {
    const bytes = Buffer.byteLength(secret)
    if (bytes < MIN_SECRET_BYTES) {
      read.invalid(`JWT_SECRET has ${bytes} bytes: expected at least ${MIN_SECRET_BYTES}.`)
    }
    return { kind: 'secret', secret, issuer, audience }
  }
  return { kind: 'demo' }
}

/** Where anybody can sign in, nobody outside this machine must reach the server. */
function readHost(read: SettingsReader, issuer: TokenIssuer): string {
  if (issuer.kind !== 'demo') return read.text('HOST', '0.0.0.0')
  const host = read.text('HOST', '127.0.0.1')
  if (!LOOPBACK_HOSTS.includes(host)) {
    read.invalid(
      `HOST is "${host}": expected ${LOOPBACK_HOSTS.join(', ')}, because without JWT_SECRET or ` +
        'JWKS_URL anybody who reaches the server can sign in; set one of the two to expose it.',
    )
  }
  return host
}

function readEngine(read: SettingsReader): 'embedded' {
  if (read.oneOf('ORDERS', 'on', ['on', 'off']) === 'off') {
    read.invalid('ORDERS is "off": expected on, because the embedded engine owns its orders.')
  }
  const names = ['KAFKA_BROKER', 'REDIS_URL', 'DATABASE_URL']
  const missing = names.filter((name) => read.optional(name) === null)
  if (missing.length === 0) {
    read.invalid(
      `${names.join(', ')} are set, but the distributed engine is not part of this version: ` +
        'expected none of them, for the embedded engine.',
    )
  } else if (missing.length < names.length) {
    read.invalid(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set: expected all of ` +
        `${names.join(', ')} for the distributed engine, or none for the embedded one.`,
    )
  }
  return 'embedded'
}
