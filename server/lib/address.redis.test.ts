import { describe, expect, test } from 'bun:test'
import { AppError } from '../errors'
import { parseRedisUrl, type RedisAddress } from './address.redis'

const PLAIN: RedisAddress = {
  kind: 'server',
  endpoints: [{ host: 'redis.internal', port: 6379 }],
  master: null,
  tls: false,
  username: null,
  password: null,
  sentinelUsername: null,
  sentinelPassword: null,
  db: 0,
}
const TWO = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
]

describe('an address of Redis', () => {
  const good: [url: string, expected: object][] = [
    ['redis://redis.internal:6379', {}],
    ['redis://redis.internal', {}],
    ['redis://redis.internal:6379/', {}],
    ['rediss://redis.internal/3', { tls: true, db: 3 }],
    ['redis://127.0.0.1:7000', { endpoints: [{ host: '127.0.0.1', port: 7000 }] }],
    ['redis://[::1]:7000', { endpoints: [{ host: '::1', port: 7000 }] }],
    ['redis://shop:p%40ss%2F%3A@redis.internal', { username: 'shop', password: 'p@ss/:' }],
    ['redis://:secret@redis.internal', { password: 'secret' }],
    ['redis+sentinel://a:1,b:2/shop', { kind: 'sentinel', endpoints: TWO, master: 'shop' }],
    [
      'rediss+sentinel://u:p@a/shop.1/2?sentinelUsername=s&sentinelPassword=q%26',
      {
        kind: 'sentinel',
        endpoints: [{ host: 'a', port: 26379 }],
        master: 'shop.1',
        tls: true,
        username: 'u',
        password: 'p',
        sentinelUsername: 's',
        sentinelPassword: 'q&',
        db: 2,
      },
    ],
    ['redis+cluster://a:1,b:2', { kind: 'cluster', endpoints: TWO }],
    ['rediss+cluster://:p@a:1,b:2/', { kind: 'cluster', endpoints: TWO, tls: true, password: 'p' }],
  ]
  test.each(good)('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual({ ...PLAIN, ...expected } as ReturnType<
      typeof parseRedisUrl
    >)
  })

  const bad: [url: string, says: string][] = [
    ['', 'no known scheme'],
    ['http://a', 'no known scheme'],
    ['redis:a', 'no known scheme'],
    ['redis+tls://a', 'no known scheme'],
    ['redis://', 'no host'],
    ['redis://a,b', 'several hosts'],
    ['redis+cluster://a:1,', 'no host'],
    ['redis://a:0', '"a:0"'],
    ['redis://a:66000', '"a:66000"'],
    ['redis://a:x', '"a:x"'],
    ['redis://a b', '"a b"'],
    ['redis://user@a', 'without a password'],
    ['redis://user:@a', 'without a password'],
    ['redis://user:50%@a', 'not percent-encoded'],
    ['redis://user:p@ss@a', 'not percent-encoded'],
    ['redis://user:p:ss@a', 'not percent-encoded'],
    ['redis://a/x', 'no database'],
    ['redis://a/1/2', 'no database'],
    ['redis://a?db=1', '"db"'],
    ['redis://a#1', '#'],
    ['redis+sentinel://a:1', 'no master'],
    ['redis+sentinel://a:1/', 'no master'],
    ['redis+sentinel://a:1/shop/x', 'no database'],
    ['redis+sentinel://a:1/shop?password=x', '"password"'],
    ['redis+cluster://a:1/1', 'only one'],
  ]
  test.each(bad)('%s is refused in a sentence', (url, says) => {
    let reason: unknown
    try {
      parseRedisUrl(url)
    } catch (error) {
      reason = error
    }
    expect(reason).toBeInstanceOf(AppError)
    expect(reason).toMatchObject({ code: 'redis_address' })
    expect((reason as AppError).message).toContain(says)
  })

  test('a password that ends it in the wrong place is never repeated', () => {
    for (const url of [
      'redis://u:top/secret@a',
      'redis://u:top,secret@a',
      'redis://u:top?secret@a',
    ]) {
      expect(() => parseRedisUrl(url)).toThrow(AppError)
      try {
        parseRedisUrl(url)
      } catch (error) {
        expect((error as AppError).message).not.toContain('secret')
        expect((error as AppError).message).not.toContain('top')
      }
    }
  })
})
