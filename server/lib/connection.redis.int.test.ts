import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { freePort, freePorts } from '../../scripts/services/ports'
import {
  append,
  appended,
  checkpoint,
  EVERYTHING,
  headOf,
  kindOrOffset,
  reasonOf,
  reasonsOf,
  record,
  startTail,
  until,
} from '../event-log/features/fixtures'
import { makeCertificate, type TestCertificate } from '../testing/certificate'
import { openTestLog, rawRedis, reachable } from '../testing/redis-log'
import { startRedis } from '../testing/redis-process'
import { tempFolder } from '../testing/temp-folder'
import { within } from '../testing/within'

setDefaultTimeout(20_000)

/** What every call answers while Redis is out of reach, long before a request would be given up. */
const OUT_OF_REACH = { code: 'log_unreachable', status: 503, temporary: true }
const WITHIN_MS = 8_000
const ADMIN = { name: 'admin' } as const

type Log = Awaited<ReturnType<typeof openTestLog>>['log']

async function expectOutOfReach(log: Log): Promise<void> {
  const cursor = '1700000000000-0.deadbeef'
  const calls = [
    append(log, null, record(0, 'ann')),
    log.note({ kind: 'revoke', note: 'ann' }),
    log.beat(0, 0),
    log.newest(10, 1e9),
    log.replay(ADMIN, cursor, 10),
    log.checkpoints(),
    log.state(),
    log.open(new Map()),
    log.maintain(),
    startTail(log, cursor).next(),
  ]
  for (const reason of await within(reasonsOf(calls), 'refusals', WITHIN_MS)) {
    expect(reason).toMatchObject(OUT_OF_REACH)
  }
}

describe('a Redis', () => {
  test('that is frozen keeps nobody waiting, and is used again when it goes on', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    await append(log, null, record(0, 'ann'))
    const tail = startTail(log, await headOf(log))
    redis.pause()
    await expectOutOfReach(log)
    expect(await reasonOf(tail.next())).toMatchObject(OUT_OF_REACH)
    // Its connections are given up by now: those who come later meet one that never answers.
    await expectOutOfReach(log)
    redis.resume()
    await reachable(log)
    await append(log, checkpoint(0), record(1, 'ann'))
    expect((await log.newest(2, 1e9)).map(kindOrOffset)).toContain(1)
  })

  test('that is away keeps nobody waiting, from the start or later', async () => {
    await using redis = await startRedis()
    const { url } = redis
    await redis.stop()
    await using opened = await openTestLog(url, { open: false })
    const { log } = opened
    await expectOutOfReach(log)
    await redis.restart()
    await reachable(log)
    await log.open(new Map())
    await append(log, null, record(0, 'ann'))
    await redis.kill()
    await expectOutOfReach(log)
    await redis.restart()
    await reachable(log)
    expect(await log.state()).toMatchObject({ opened: false })
  })

  test('that may evict is refused in a sentence, and used once it may not', async () => {
    await using redis = await startRedis({ config: ['maxmemory-policy allkeys-lru'] })
    const unsuitable = { code: 'redis_unsuitable', temporary: false }
    expect(await reasonOf(openTestLog(redis.url))).toMatchObject(unsuitable)

    using raw = rawRedis(redis.url)
    await raw.config('SET', 'maxmemory-policy', 'noeviction')
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    await raw.config('SET', 'maxmemory-policy', 'volatile-lru')
    // Another connection, as after a failover: what it leads to is looked at anew.
    await raw.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes')
    await until(async () => {
      const reason = await log.state().then(
        () => null,
        (error: { code: string }) => error,
      )
      return reason?.code === 'redis_unsuitable'
    })
    expect(await reasonOf(append(log, null, record(0, 'ann')))).toMatchObject(unsuitable)
    expect(await raw.xlen(`{${opened.name}}:feed`)).toBe(1)
    await raw.config('SET', 'maxmemory-policy', 'noeviction')
    expect(await append(log, null, record(0, 'ann'))).toEqual(appended(1, checkpoint(0)))
  })

  test('that is full refuses to append, whole, and is helped by retention', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log, name, limits } = opened
    using raw = rawRedis(redis.url)
    for (let offset = 0; offset < 40; offset += 10) {
      const records = Array.from({ length: 10 }, (_, at) =>
        record(offset + at, 'ann', 'x'.repeat(20_000)),
      )
      await append(log, offset ? checkpoint(offset - 1) : null, ...records)
    }
    const keys = async () => [await raw.xlen(`{${name}}:feed`), await log.checkpoints()]
    const before = await keys()
    await raw.config('SET', 'maxmemory', '1')
    const full = { code: 'log_full', status: 503, temporary: true }
    expect(await reasonOf(append(log, checkpoint(39), record(40, 'bob')))).toMatchObject(full)
    expect(await reasonOf(log.note({ kind: 'revoke', note: 'ann' }))).toMatchObject(full)
    expect(await keys()).toEqual(before)
    expect(await log.newest(1, 1e9)).toHaveLength(1)
    limits.retentionMaxEntries = 5
    while ((await log.maintain()).more);
    expect(await raw.xlen(`{${name}}:feed`)).toBe(5)
  })

  test('whose keys hold something else is left alone', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log, name } = opened
    using raw = rawRedis(redis.url)
    const foreign = { code: 'log_foreign', temporary: false }
    for (const part of ['last', 'checkpoints', 'refill', 'gap']) {
      await raw.lpush(`{${name}}:${part}`, 'not ours')
      expect(await reasonOf(append(log, null, record(0, 'ann')))).toMatchObject(foreign)
      expect(await raw.xlen(`{${name}}:feed`)).toBe(1)
      await raw.del(`{${name}}:${part}`)
    }
    // What a later version may write, too.
    await raw.xadd(`{${name}}:feed`, '*', 'v2', 'x', 'b', 'y')
    const calls = () => [
      append(log, null, record(0, 'ann')),
      log.note({ kind: 'beat', note: '0' }),
      log.newest(...EVERYTHING),
    ]
    for (const reason of await reasonsOf(calls())) expect(reason).toMatchObject(foreign)
    await raw.set(`{${name}}:feed`, 'not ours')
    for (const reason of await reasonsOf(calls())) expect(reason).toMatchObject(foreign)
    expect(await reasonOf(log.open(new Map()))).toMatchObject(foreign)
    expect(await raw.get(`{${name}}:feed`)).toBe('not ours')
  })

  test('of several databases is used on the one that its address names, or not at all', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(`${redis.url}/3`)
    await append(opened.log, null, record(0, 'ann'))
    using raw = rawRedis(redis.url)
    expect(await raw.dbsize()).toBe(0)
    await raw.select(3)
    expect((await raw.keys('*')).length).toBe(3)
    // Not the default one instead.
    expect(await reasonOf(openTestLog(`${redis.url}/99`))).toMatchObject({
      code: 'redis_unsuitable',
    })
    await raw.select(0)
    expect(await raw.dbsize()).toBe(0)
  })
})

describe('over TLS', () => {
  const options = (port: number, { caFile, certFile, keyFile }: TestCertificate) => [
    ...['port 0', `tls-port ${port}`, `tls-cert-file ${certFile}`, `tls-key-file ${keyFile}`],
    ...[`tls-ca-cert-file ${caFile}`, 'tls-auth-clients no', 'tls-replication yes'],
  ]

  test('a Redis is trusted with its own authority, and not without', async () => {
    using folder = tempFolder()
    const certificate = await makeCertificate(folder.path)
    const { ca } = certificate
    const port = await freePort()
    await using _redis = await startRedis({ config: options(port, certificate) })
    const url = `rediss://127.0.0.1:${port}`
    await using opened = await openTestLog(url, { ca })
    await append(opened.log, null, record(0, 'ann'))
    const tail = startTail(opened.log, await headOf(opened.log))
    await append(opened.log, checkpoint(0), record(1, 'ann'))
    expect((await tail.next()).map(kindOrOffset)).toEqual([1])
    await tail.stop()

    await using distrustful = await openTestLog(url, { open: false })
    const reason = await reasonOf(distrustful.log.state())
    expect(reason).toMatchObject(OUT_OF_REACH)
    expect((reason as Error).message).toContain('certificate')
  })

  test('with passwords, a Sentinel and a Cluster too', async () => {
    using folder = tempFolder()
    const certificate = await makeCertificate(folder.path)
    const { ca } = certificate
    const [port, watchPort, nodePort, busPort] = (await freePorts(4)) as [
      number,
      number,
      number,
      number,
    ]
    await using _redis = await startRedis({
      config: [...options(port, certificate), 'requirepass master'],
    })
    const monitor = [`sentinel monitor shop 127.0.0.1 ${port} 1`, 'sentinel auth-pass shop master']
    await using _sentinel = await startRedis({
      sentinel: true,
      config: [...options(watchPort, certificate), ...monitor, 'requirepass watch'],
    })
    const cluster = ['cluster-enabled yes', `cluster-port ${busPort}`, 'tls-cluster yes']
    await using _node = await startRedis({
      config: [...options(nodePort, certificate), ...cluster, 'requirepass node'],
    })
    using raw = rawRedis(`rediss://:node@127.0.0.1:${nodePort}`, { ca })
    await raw.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await until(async () => /cluster_state:ok/.test(String(await raw.cluster('INFO'))))

    for (const url of [
      `rediss+sentinel://:master@127.0.0.1:${watchPort}/shop?sentinelPassword=watch`,
      `rediss+cluster://:node@127.0.0.1:${nodePort}`,
    ]) {
      await using opened = await openTestLog(url, { ca })
      await append(opened.log, null, record(0, 'ann'))
      expect((await opened.log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0])
    }
  })
})

describe('a user', () => {
  /** All that the log needs; docs/operations.md repeats it. */
  const RULE = [
    ...['~{shop}:*', '-@all', '+info', '+select', '+client|info', '+client|setname'],
    ...['+eval', '+evalsha', '+type', '+time', '+xinfo|stream', '+xadd', '+xrange', '+xrevrange'],
    ...['+xread', '+xtrim', '+hget', '+hset', '+hdel', '+hmget', '+hgetall', '+hscan', '+get'],
    ...['+set', '+del'],
  ]

  test('that may no more than it needs keeps the whole log', async () => {
    await using redis = await startRedis()
    using raw = rawRedis(redis.url)
    await raw.call('ACL', 'SETUSER', 'shop', 'on', '>p@ss:word', ...RULE)
    const url = redis.url.replace('redis://', 'redis://shop:p%40ss%3Aword@')
    await using opened = await openTestLog(`${url}/0`, { name: 'shop', open: false })
    const { log, limits } = opened
    await log.open(new Map([['order.created-0', { start: 0, target: 1 }]]))
    await append(log, null, record(0, 'ann'), record(1, 'bob'))
    const head = await headOf(log)
    const tail = startTail(log, head)
    await log.append([
      { partition: 'order.created-0', expected: checkpoint(1), gap: { checkpoint: null } },
    ])
    expect((await tail.next()).map(kindOrOffset)).toEqual(['gap'])
    await tail.stop()
    await log.note({ kind: 'revoke', note: 'ann' })
    expect(await log.beat(0, 0)).toBe(true)
    expect(await log.replay(ADMIN, head, 5)).toEqual({ ok: false, reason: 'source_gap' })
    const ann = { name: 'orders', customer: 'ann' } as const
    expect(await log.replay(ann, await headOf(log), 5)).toMatchObject({ ok: true })
    limits.retentionMaxEntries = 1
    while ((await log.maintain()).more);
    expect(await log.newest(...EVERYTHING)).toHaveLength(1)
    expect(await raw.acl('LOG')).toEqual([])

    await using elsewhere = await openTestLog(url, { name: 'another', open: false }).catch(() => ({
      [Symbol.asyncDispose]: async () => {},
    }))
    expect(elsewhere).not.toHaveProperty('log')
  })

  test('that is not known, or may too little, is refused in a sentence', async () => {
    await using redis = await startRedis()
    using raw = rawRedis(redis.url)
    await raw.call('ACL', 'SETUSER', 'shop', 'on', '>secret', ...RULE, '-xrange', '-xadd')
    const forbidden = { code: 'log_forbidden', temporary: false }
    const wrong = redis.url.replace('redis://', 'redis://shop:wrong@')
    const reason = await reasonOf(openTestLog(wrong, { name: 'shop' }))
    expect(reason).toMatchObject(forbidden)
    expect((reason as Error).message).not.toContain('wrong@')
    const little = redis.url.replace('redis://', 'redis://shop:secret@')
    const refused = { code: 'log_refused', temporary: false }
    expect(await reasonOf(openTestLog(little, { name: 'shop' }))).toMatchObject(refused)
    await raw.config('SET', 'requirepass', 'secret')
    expect(await reasonOf(openTestLog(redis.url))).toMatchObject(forbidden)
  })
})
