import { describe, expect, test } from 'bun:test'
import { loadConfig } from './config'
import { AppError } from './errors'

const SECRET = 'a secret of at least thirty-two bytes'
const ADDRESSES = {
  KAFKA_BROKER: 'kafka',
  REDIS_URL: 'redis://redis:6379',
  DATABASE_URL: 'postgres://shop:pw@db/shop',
}

function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
  throw new Error(`accepted: ${JSON.stringify(env)}`)
}

/** The variables that `loadConfig` asks for. */
function variablesRead(): Set<string> {
  const read = new Set<string>()
  loadConfig(
    new Proxy<Record<string, string | undefined>>(
      {},
      {
        get(_, name) {
          read.add(String(name))
          return undefined
        },
      },
    ),
  )
  return read
}

async function documented(): Promise<Map<string, string>> {
  const text = await Bun.file(new URL('../.env.example', import.meta.url)).text()
  return new Map([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!]))
}

describe('.env.example', () => {
  test('documents each variable that is read, and no other', async () => {
    expect([...(await documented()).keys()].sort()).toEqual([...variablesRead()].sort())
  })

  test('shows the defaults', async () => {
    expect(loadConfig(Object.fromEntries(await documented()))).toEqual(loadConfig({}))
  })
})

describe('what is accepted', () => {
  test('nothing at all: embedded, demo sign-in, loopback, port 3009', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      engine: { kind: 'embedded' },
      port: 3009,
      host: '127.0.0.1',
    })
    expect(config.auth.issuer).toEqual({ kind: 'demo' })
  })

  test('REALTIME_PORT before PORT', () => {
    expect(loadConfig({ PORT: '4000' }).port).toBe(4000)
    expect(loadConfig({ PORT: '4000', REALTIME_PORT: '5000' }).port).toBe(5000)
  })

  test('an empty or blank value counts as not set', () => {
    expect(loadConfig({ PORT: '', JWT_SECRET: '  ', REDIS_URL: '' })).toEqual(loadConfig({}))
  })

  test('a secret turns demo sign-in off and opens the host', () => {
    const config = loadConfig({ JWT_SECRET: SECRET })
    expect(config.host).toBe('0.0.0.0')
    expect(config.auth.issuer).toEqual({
      kind: 'secret',
      secret: SECRET,
      issuer: null,
      audience: null,
    })
  })

  test('a JWKS with issuer and audience', () => {
    const url = 'https://id.example/keys'
    const env = { JWKS_URL: url, JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'shop' }
    expect(loadConfig(env).auth.issuer).toEqual({
      kind: 'jwks',
      url,
      issuer: 'https://id.example',
      audience: 'shop',
    })
  })

  test('lists, in their normal form', () => {
    const config = loadConfig({
      ADMIN_EMAILS: 'Ada@Shop.example, bo@shop.example,',
      ALLOWED_ORIGINS: 'https://Shop.example,http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8,::1,192.168.1.7',
    })
    expect(config.auth.adminEmails).toEqual(['ada@shop.example', 'bo@shop.example'])
    expect(config.allowedOrigins).toEqual(['https://shop.example', 'http://localhost:5173'])
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1', '192.168.1.7'])
  })

  test('decimals where they make sense', () => {
    const config = loadConfig({ SHOP_TAX_PERCENT: '7.7', RETENTION_HOURS: '0.5' })
    expect(config.shop.taxPercent).toBe(7.7)
    expect(config.retentionMs).toBe(1_800_000)
  })
})

describe('the distributed engine', () => {
  function distributed(env: Record<string, string> = {}) {
    const { engine } = loadConfig({ ...ADDRESSES, ...env })
    if (engine.kind !== 'distributed') throw new Error(`the engine is ${engine.kind}`)
    return engine
  }

  test('the three addresses choose it, and beats are expected', () => {
    expect(distributed()).toMatchObject({
      kafka: { brokers: ['kafka:9092'], tls: null, sasl: null },
      redis: { url: 'redis://redis:6379', name: 'orderwire', ca: null },
      postgres: { url: 'postgres://shop:pw@db/shop', poolSize: 10 },
      mirror: { orders: 'on', deadLetterTopic: 'order.dead-letter' },
      relay: true,
    })
    expect(loadConfig(ADDRESSES).hub.expectBeats).toBe(true)
    expect(loadConfig({}).hub.expectBeats).toBe(false)
  })

  test('several brokers, with TLS and a password', () => {
    const { kafka } = distributed({
      KAFKA_BROKER: 'a:9093, b:9093,[::1]:9093',
      KAFKA_TLS: 'on',
      KAFKA_SASL: 'scram-sha-512',
      KAFKA_USERNAME: 'shop',
      KAFKA_PASSWORD: 'pw',
    })
    expect(kafka).toMatchObject({
      brokers: ['a:9093', 'b:9093', '[::1]:9093'],
      tls: { ca: null, cert: null, key: null },
      sasl: { mechanism: 'scram-sha-512', username: 'shop', password: 'pw' },
    })
  })

  test('another service with names of its own, in one topic', () => {
    const { mirror } = distributed({
      ORDERS: 'off',
      KAFKA_TOPIC: 'orders',
      KAFKA_TYPE_HEADER: 'type',
      KAFKA_TYPES: 'OrderPlaced:created',
      KAFKA_FIELDS: 'customer_ref:buyerId',
      KAFKA_STATUSES: 'PAID:processing',
      CUSTOMER_FIELDS: 'giftMessage, parcel',
    })
    expect(mirror.orders).toBe('off')
    expect(mirror.topics).toMatchObject({ kind: 'one', name: 'orders', typeHeader: 'type' })
    const types = mirror.topics.kind === 'one' ? mirror.topics.types : new Map()
    expect(Object.fromEntries(types)).toEqual({
      'order.created': 'created',
      'order.updated': 'updated',
      'order.cancelled': 'cancelled',
      OrderPlaced: 'created',
    })
    expect([...mirror.fields]).toEqual([['customer_ref', 'buyerId']])
    expect([...mirror.statuses]).toEqual([['PAID', 'processing']])
    expect(mirror.customerFields).toEqual(['giftMessage', 'parcel'])
  })
})

describe('what is refused', () => {
  const cases: [env: Record<string, string>, sentence: string | RegExp][] = [
    [{ PORT: 'http' }, 'PORT is "http": expected a whole number from 0 to 65535.'],
    [{ PORT: '65536' }, 'PORT is "65536": expected a whole number from 0 to 65535.'],
    [{ REALTIME_PORT: '-1' }, /^REALTIME_PORT is "-1"/],
    [{ HEARTBEAT_MS: '1e4' }, /^HEARTBEAT_MS is "1e4": expected a whole number from 100 to 60000/],
    [{ SHOP_TAX_PERCENT: '19%' }, 'SHOP_TAX_PERCENT is "19%": expected a number from 0 to 100.'],
    [{ SHOP_CURRENCY: 'EURO' }, 'SHOP_CURRENCY is "EURO": expected an ISO 4217 code such as EUR.'],
    [{ SHOP_TIME_ZONE: 'Mars/Base' }, /^SHOP_TIME_ZONE is "Mars\/Base": expected a time zone/],
    [{ SAMPLE_PRODUCTS: 'yes' }, 'SAMPLE_PRODUCTS is "yes": expected one of on, off.'],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is "loud": expected one of trace, debug/],
    [{ ADMIN_EMAILS: 'a@b.c,admin' }, /^ADMIN_EMAILS contains "admin": expected addresses/],
    [
      { ALLOWED_ORIGINS: 'https://a.example/x' },
      /^ALLOWED_ORIGINS contains "https:\/\/a.example\/x"/,
    ],
    [{ ALLOWED_ORIGINS: '*' }, /^ALLOWED_ORIGINS contains "\*"/],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES contains "10.0.0.0\/33"/],
    [{ TRUSTED_PROXIES: 'proxy' }, /^TRUSTED_PROXIES contains "proxy"/],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET has 5 bytes: expected at least 32.'],
    [{ JWKS_URL: 'keys', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' }, /^JWKS_URL is "keys"/],
    [{ JWKS_URL: 'https://id.example', JWT_AUDIENCE: 'a' }, /^JWT_ISSUER is not set/],
    [{ JWKS_URL: 'https://id.example', JWT_ISSUER: 'i' }, /^JWT_AUDIENCE is not set/],
    [
      { JWT_SECRET: SECRET, JWKS_URL: 'https://i.example', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' },
      'JWT_SECRET and JWKS_URL are both set: expected one of them.',
    ],
    [{ HOST: '0.0.0.0' }, /^HOST is "0.0.0.0": expected 127.0.0.1, ::1, localhost, because/],
    [{ ORDERS: 'off' }, /^ORDERS is "off": expected on/],
    [{ REDIS_URL: 'redis://r' }, /^KAFKA_BROKER and DATABASE_URL are not set: expected all of/],
    [{ REDIS_URL: 'redis://r', KAFKA_BROKER: 'k:9092' }, /^DATABASE_URL is not set/],
    [{ ROLE: 'all' }, /^ROLE is "all": expected server, because the embedded engine/],
    [{ ...ADDRESSES, REDIS_URL: 'http://r' }, /^REDIS_URL is not usable: expected redis:/],
    [
      { ...ADDRESSES, DATABASE_URL: 'mysql://d' },
      /^DATABASE_URL is not usable: expected postgres:/,
    ],
    [
      { ...ADDRESSES, KAFKA_BROKER: 'k:9092,k:x' },
      /^KAFKA_BROKER contains "k:x": expected brokers/,
    ],
    [{ ...ADDRESSES, KAFKA_SASL: 'plain', KAFKA_USERNAME: 'u' }, /^KAFKA_PASSWORD is not set/],
    [{ ...ADDRESSES, KAFKA_PASSWORD: 'pw' }, /^KAFKA_SASL is off: KAFKA_USERNAME and/],
    [{ ...ADDRESSES, KAFKA_TLS_CA: 'package.json' }, /^KAFKA_TLS is off: KAFKA_TLS_CA/],
    [{ ...ADDRESSES, KAFKA_TLS_CA: '/no/such/file' }, /^KAFKA_TLS_CA is "\/no\/such\/file"/],
    [
      { ...ADDRESSES, KAFKA_TLS: 'on', KAFKA_TLS_CERT: 'package.json' },
      /^KAFKA_TLS_CERT and KAFKA_TLS_KEY: expected/,
    ],
    [{ ...ADDRESSES, KAFKA_TOPIC: 'no spaces' }, /^KAFKA_TOPIC is "no spaces": expected a topic/],
    [{ ...ADDRESSES, KAFKA_TOPIC_CREATED: 'order.updated' }, /expected three different topics/],
    [{ ...ADDRESSES, KAFKA_STATUSES: 'PAID:paid' }, /^KAFKA_STATUSES contains "PAID:paid"/],
    [{ ...ADDRESSES, KAFKA_FIELDS: 'customer' }, /^KAFKA_FIELDS contains "customer"/],
    // A misspelt name of ours would change nothing, and nobody would know why.
    [
      { ...ADDRESSES, KAFKA_FIELDS: 'sku:productId,customer_ref:buyerID' },
      /^KAFKA_FIELDS contains "customer_ref:buyerID": expected pairs .* of orderId, buyerId, .*country/,
    ],
    [{ ...ADDRESSES, KAFKA_TYPES: 'OrderPlaced:placed' }, /^KAFKA_TYPES contains "OrderPlaced/],
  ]

  test.each(cases)('%j', (env, sentence) => {
    const message = refusal(env)
    expect(message.split('\n')).toHaveLength(1)
    if (typeof sentence === 'string') expect(message).toBe(sentence)
    else expect(message).toMatch(sentence)
  })

  test('several bad values are reported together, one a line', () => {
    expect(refusal({ PORT: 'x', LOG_LEVEL: 'y', DRAIN_MS: 'z' }).split('\n')).toHaveLength(3)
  })

  test('no sentence repeats a secret', () => {
    const env = { JWT_SECRET: 'hunter2', DATABASE_URL: 'postgres://user:hunter2@db/orders' }
    expect(refusal(env)).not.toContain('hunter2')
    const wrong = { ...ADDRESSES, DATABASE_URL: 'mysql://u:hunter2@d', REDIS_URL: 'x://:hunter2@r' }
    expect(refusal(wrong)).not.toContain('hunter2')
  })
})

test('a node that is behind lets a client wait for no longer than it takes silence', () => {
  expect(loadConfig({}).hub.aheadWaitMs).toBe(2_000)
  expect(loadConfig({ HEARTBEAT_MS: '500' }).hub.aheadWaitMs).toBe(500)
})
