import type { KafkaSettings } from '../kafka/settings'
import type { RedisSettings } from '../lib/redis-settings'
import type { MirrorSettings } from '../mirror/settings'
import { readKafka, readMirror } from './kafka'
import type { SettingsReader } from './reader'

export type EngineSettings = { readonly kind: 'embedded' } | DistributedSettings

export interface DistributedSettings {
  readonly kind: 'distributed'
  readonly kafka: KafkaSettings
  readonly redis: RedisSettings
  readonly postgres: { readonly url: string; readonly poolSize: number }
  readonly mirror: MirrorSettings
  /** False where Debezium, or another reader of the outbox, sends its rows. */
  readonly relay: boolean
}

interface Engine {
  readonly engine: EngineSettings
  readonly orders: 'on' | 'off'
  readonly role: 'server' | 'all'
}

const ADDRESSES = ['KAFKA_BROKER', 'REDIS_URL', 'DATABASE_URL']

/** The addresses alone choose the engine: none of the three is embedded, all are distributed. */
export function readEngine(read: SettingsReader, currency: string): Engine {
  const orders = read.oneOf('ORDERS', 'on', ['on', 'off'])
  const role = read.oneOf('ROLE', 'server', ['server', 'all'])
  const distributed = readDistributed(read, orders, currency)
  const missing = ADDRESSES.filter((name) => read.optional(name) === null)
  if (missing.length === 0) return { engine: distributed, orders, role }
  if (missing.length < ADDRESSES.length) {
    read.invalid(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set: expected all of ` +
        `${ADDRESSES.join(', ')} for the distributed engine, or none for the embedded one.`,
    )
  } else {
    if (orders === 'off') {
      read.invalid('ORDERS is "off": expected on, because the embedded engine owns its orders.')
    }
    if (role === 'all') {
      read.invalid('ROLE is "all": expected server, because the embedded engine has no worker.')
    }
  }
  return { engine: { kind: 'embedded' }, orders, role }
}

function readDistributed(
  read: SettingsReader,
  orders: 'on' | 'off',
  currency: string,
): DistributedSettings {
  return {
    kind: 'distributed',
    kafka: readKafka(read),
    redis: {
      url: read.matching('REDIS_URL', '', 'redis://host:port or a like address', isRedisUrl, true),
      name: read.matching('REDIS_NAME', 'orderwire', 'letters, digits, - and _', isName),
      ca: read.file('REDIS_TLS_CA'),
    },
    postgres: {
      url: read.matching('DATABASE_URL', '', 'postgres://user@host/database', isPostgresUrl, true),
      poolSize: read.integer('DATABASE_POOL', { fallback: 10, min: 2, max: 1_000 }),
    },
    mirror: readMirror(read, orders, currency),
    relay: read.oneOf('OUTBOX_RELAY', 'on', ['on', 'off']) === 'on',
  }
}

/** The schemes; the rest is parsed where it is connected. */
function isRedisUrl(value: string): boolean {
  return /^rediss?(\+(sentinel|cluster))?:\/\/./.test(value)
}

function isPostgresUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)
}

function isName(value: string): boolean {
  return /^[\w-]+$/.test(value)
}
