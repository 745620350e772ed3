import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openTestLog, rawRedis } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { cursorOf } from './entry'
import type { EventLog } from './event-log'
import {
  append,
  checkpoint,
  EVERYTHING,
  expectLinked,
  headOf,
  offsets,
  range,
  reasonOf,
  record,
  refused,
  startTail,
  until,
} from './features/fixtures'

setDefaultTimeout(20_000)

const ADMIN = { name: 'admin' } as const

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

async function fill(log: EventLog, count: number): Promise<void> {
  await append(log, null, ...range(count).map((offset) => record(offset, `c${offset % 10}`)))
}

describe('reading more than one step', () => {
  test('the newest entries come gapless, up to either bound', async () => {
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    await fill(log, 2_300)
    const all = await log.newest(...EVERYTHING)
    expect(all).toHaveLength(2_301)
    expectLinked(all)
    expect(await log.newest(1_250, 1e9)).toEqual(all.slice(-1_250))
    expect(await log.newest(500, 1e9)).toEqual(all.slice(-500))
    const bounded = await log.newest(100_000, 700 * 225)
    expect(bounded.length).toBeGreaterThan(600)
    expect(bounded).toEqual(all.slice(-bounded.length))
  })

  test('staff get all of it, past any number of beats, or that it is too far', async () => {
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const start = await headOf(log)
    await fill(log, 1_000)
    await Promise.all(range(700).map(() => log.note({ kind: 'beat', note: '0' })))
    await append(log, checkpoint(999), record(1_000, 'ann'))
    const replay = await log.replay(ADMIN, start, 1_001)
    expect(offsets(replay)).toEqual(range(1_001))
    expect(replay).toMatchObject({ reached: await headOf(log) })
    expect(await log.replay(ADMIN, start, 1_000)).toEqual(refused('too_far'))
    // Exactly at the end of a step.
    const newest = await log.newest(501, 1e9)
    expect(await log.replay(ADMIN, cursorOf(newest[0]!), 10)).toMatchObject({
      ok: true,
      reached: cursorOf(newest.at(-1)!),
    })
  })

  test("a customer's replay is one command, however long the chain is", async () => {
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const start = await headOf(log)
    await fill(log, 1_000)
    await log.replay({ name: 'orders', customer: 'nobody' }, start, 1)
    using raw = rawRedis(redis.url)
    const before = await scriptCalls(raw)
    const replay = await log.replay({ name: 'orders', customer: 'c3' }, start, 1_000)
    expect(offsets(replay)).toEqual(range(100).map((index) => index * 10 + 3))
    expect((await scriptCalls(raw)) - before).toBe(1)
  })
})

async function scriptCalls(raw: ReturnType<typeof rawRedis>): Promise<number> {
  const stats = await raw.info('commandstats')
  return [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)]
    .map(([, calls]) => Number(calls))
    .reduce((sum, calls) => sum + calls, 0)
}

test('a tail leaves no connection behind', async () => {
  await using opened = await openTestLog(redis.url)
  const { log } = opened
  await fill(log, 3)
  using raw = rawRedis(redis.url)
  const clients = async () => Number(/connected_clients:(\d+)/.exec(await raw.info('clients'))?.[1])
  const before = await clients()
  const head = await headOf(log)
  const tails = range(4).map(() => startTail(log, head))
  await append(log, checkpoint(2), record(3, 'ann'))
  for (const tail of tails) await tail.next()
  expect(await clients()).toBe(before + 4)
  await Promise.all(tails.map((tail) => tail.stop()))
  const lost = startTail(log, '1-1.deadbeef')
  await lost.next().catch(() => {})
  for await (const batch of log.tail(head, new AbortController().signal)) {
    expect(batch).toHaveLength(1)
    break
  }
  let now = await clients()
  for (const deadline = performance.now() + 5_000; now > before && performance.now() < deadline;) {
    now = await clients()
  }
  expect(now).toBe(before)
})

test('a tail ends when the log closes', async () => {
  const { log } = await openTestLog(redis.url)
  await fill(log, 1)
  const tail = startTail(log, await headOf(log))
  await append(log, checkpoint(0), record(1, 'ann'))
  await tail.next()
  await log.close()
  await tail.stop()
  expect(await reasonOf(log.state())).toMatchObject({ code: 'log_unreachable' })
})

test('customers whose events are gone are forgotten, and nobody else', async () => {
  await using opened = await openTestLog(redis.url)
  const { log, name, limits } = opened
  await append(log, null, ...range(4_000).map((offset) => record(offset, `c${offset}`)))
  // Those who come again meanwhile are kept, wherever the sweep stands.
  limits.retentionMaxEntries = 300
  let next = 4_000
  while ((await log.maintain()).more) {
    await append(log, checkpoint(next - 1), record(next, `c${next % 4_000}`))
    next += 1
  }
  using raw = rawRedis(redis.url)
  const last = await raw.hgetall(`{${name}}:last`)
  const held = new Map<string, string>()
  for (const entry of await log.newest(...EVERYTHING)) {
    if (entry.kind === 'event') held.set(entry.event.customer!, cursorOf(entry))
  }
  for (const [customer, cursor] of held) expect(last[customer]).toBe(cursor)
  // A few may stand until the next sweep.
  expect(Object.keys(last).length).toBeLessThan(held.size + 100)
})

describe('an event costs', () => {
  const DATA_BYTES = 235
  /** Those before them pay for what does not grow. */
  const [BEFORE, EVENTS] = [1_000, 14_000]

  test.each([1, 3, 10])(
    'at most 500 bytes of Redis at %d events a customer',
    async (eventsOfCustomer) => {
      await using redis = await startRedis({ config: ['slowlog-log-slower-than -1'] })
      using raw = rawRedis(redis.url)
      // What its clients take of it is no part of the log.
      const used = async () => {
        await until(async () => /connected_clients:1\r/.test(await raw.info('clients')))
        return Number(/^used_memory:(\d+)/m.exec(await raw.info('memory'))?.[1])
      }
      const customers = range(EVENTS / eventsOfCustomer).map(() => crypto.randomUUID())
      const committedAt = Date.now()
      const records = range(BEFORE + EVENTS).map((offset) => {
        const { event, ...at } = record(offset, customers[offset % customers.length]!)
        const data = event.data.padEnd(DATA_BYTES, ' ')
        return { ...at, event: { ...event, data }, committedAt: committedAt - (offset % 50) }
      })
      const add = async (from: number, to?: number) => {
        await using opened = await openTestLog(redis.url, { name: 'shop' })
        const expected = from > 0 ? checkpoint(from - 1) : null
        await append(opened.log, expected, ...records.slice(from, to))
      }
      await add(0, BEFORE)
      const before = await used()
      await add(BEFORE)
      expect(((await used()) - before) / EVENTS).toBeLessThan(500)
    },
  )
})
