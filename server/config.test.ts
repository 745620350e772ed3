import { describe, expect, test } from 'bun:test'
import { loadConfig } from './config'
import { AppError } from './errors'

const SECRET = 'a secret of at least thirty-two bytes'

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
    expect(config).toMatchObject({ engine: 'embedded', port: 3009, host: '127.0.0.1' })
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
    [
      { REDIS_URL: 'redis://r', KAFKA_BROKER: 'k:9092', DATABASE_URL: 'postgres://u:pw@p/d' },
      /the distributed engine is not part of this version/,
    ],
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
  })
})
