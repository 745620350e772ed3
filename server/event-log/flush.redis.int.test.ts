import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openTestLog, rawRedis, tailWaits } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import type { Checkpoint, LogEntry } from './event-log'
import {
  append,
  appended,
  checkpoint,
  dataOf,
  datas,
  EVERYTHING,
  expectWhole,
  fill,
  PARTITION,
  range,
  reasonOf,
  record,
  refused,
  rewind,
  startTail,
  until,
} from './features/fixtures'

setDefaultTimeout(20_000)

const ADMIN = { name: 'admin' } as const
const LOST = { code: 'position_lost' }
const REFILLING = { code: 'refilling' }

describe('FLUSHALL', () => {
  test('is noticed by writers, and by a tail though nothing new comes', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const cursors = await fill(log, 0, 2)
    const tail = startTail(log, cursors.at(-1)!)
    const noticing = reasonOf(tail.next())
    await tailWaits(redis)
    await flushAll(redis)
    expect(await reasonOf(append(log, checkpoint(2), record(3, 'ann')))).toMatchObject({
      code: 'log_not_open',
    })
    expect(await noticing).toMatchObject(REFILLING)
    expect(await log.state()).toMatchObject({ opened: false })

    await log.open(new Map([[PARTITION, { start: 1, target: 2 }]]))
    expect(await append(log, checkpoint(2), record(3, 'ann'))).toEqual(rewind(null))
    expect(await reasonOf(startTail(log, cursors.at(-1)!).next())).toMatchObject(REFILLING)
    await append(log, null, record(1, 'c1'), record(2, 'c2'))
    expect(await reasonOf(startTail(log, cursors.at(-1)!).next())).toMatchObject(LOST)
    for (const cursor of cursors) {
      expect(await log.replay(ADMIN, cursor, 10)).toEqual(refused('unknown'))
    }
    expect(await datas(log)).toEqual([dataOf(1), dataOf(2)])
  })

  test('never makes a running tail hand over what is refilled', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const cursors = await fill(log, 0, 5)
    const tail = startTail(log, cursors.at(-1)!)
    const noticing = reasonOf(tail.next())
    await tailWaits(redis)
    await flushAll(redis)
    // All of this wakes the tail, whose position is older.
    await log.open(new Map([[PARTITION, { start: 0, target: 5 }]]))
    await append(log, null, ...range(4).map((offset) => record(offset, 'ann')))
    expect(await noticing).toMatchObject(REFILLING)
    await append(log, checkpoint(3), record(4, 'ann'), record(5, 'ann'))
    expect(await reasonOf(startTail(log, cursors.at(-1)!).next())).toMatchObject(LOST)
  })

  test('between opening and appending leaves nothing half done', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url, { callLimits: { records: 2, bytes: 1e6 } })
    const { log } = opened
    using raw = rawRedis(redis.url)
    const appending = reasonOf(append(log, null, ...range(400).map((at) => record(at, 'ann'))))
    await until(async () => (await raw.exists(`{${opened.name}}:checkpoints`)) === 1)
    await raw.flushall()
    expect(await appending).toMatchObject({ code: 'log_not_open' })
    expect(await raw.dbsize()).toBe(0)
    await log.open(new Map())
    expect(await append(log, checkpoint(1), record(2, 'ann'))).toEqual(rewind(null))
    await fill(log, 0, 2)
    await expectWhole(log, 3)
  })

  test('of the feed alone leaves nothing of the old log behind', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log, name } = opened
    await fill(log, 0, 2)
    await log.append([
      { partition: PARTITION, expected: checkpoint(2), gap: { checkpoint: checkpoint(7) } },
    ])
    using raw = rawRedis(redis.url)
    await raw.del(`{${name}}:feed`)
    expect(await log.state()).toMatchObject({ opened: false })
    await log.open(new Map())
    expect((await raw.keys('*')).toSorted()).toEqual([`{${name}}:feed`])
    await fill(log, 0, 0)
    await expectWhole(log, 1)
  })
})

async function flushAll({ url }: RedisProcess): Promise<void> {
  using raw = rawRedis(url)
  await raw.flushall()
}

describe('scripts that Redis has forgotten', () => {
  test('are loaded again, and what was sent meanwhile keeps its order', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url, { callLimits: { records: 5, bytes: 1e6 } })
    const { log } = opened
    using raw = rawRedis(redis.url)
    await append(log, null, record(0, 'ann'))
    let known: Checkpoint = checkpoint(0)
    for (let round = 0; round < 5; round += 1) {
      await raw.script('FLUSH')
      const from = known.offset + 1
      const records = range(60).map((index) => record(from + index, 'ann'))
      expect(await append(log, known, ...records)).toEqual(appended(60, checkpoint(from + 59)))
      known = checkpoint(from + 59)
    }
    await raw.script('FLUSH')
    expect(await log.newest(...EVERYTHING)).toHaveLength(302)
    await raw.script('FLUSH')
    await log.note({ kind: 'revoke', note: 'ann' })
    const revokes = (entry: LogEntry) => entry.kind === 'revoke'
    expect((await log.newest(...EVERYTHING)).filter(revokes)).toHaveLength(1)
  })
})
