import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Cursor } from '../protocol/cursor'
import { openTestLog, rawRedis, type TestLog } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { startTcpProxy } from '../testing/tcp-proxy'
import { cursorOf } from './entry'
import type { Checkpoint, EventLog, LogEntry } from './event-log'
import {
  append,
  appended,
  checkpoint,
  datas,
  dataOf,
  EVERYTHING,
  expectLinked,
  headOf,
  kindOrOffset,
  offsets,
  PARTITION,
  range,
  reasonOf,
  reasonsOf,
  record,
  refused,
  rewind,
  startTail,
  until,
} from './features/fixtures'

setDefaultTimeout(20_000)

const ADMIN = { name: 'admin' } as const
const ALWAYS = { appendonly: true, appendfsync: 'always' } as const
const LOST = { code: 'position_lost' }
const REFILLING = { code: 'refilling' }

/** Appends the records `from` to `to`, both too, one call each; answers the cursors of their entries. */
async function fill(log: EventLog, from: number, to: number): Promise<Cursor[]> {
  const cursors: Cursor[] = []
  for (let offset = from; offset <= to; offset += 1) {
    const expected = offset === 0 ? null : checkpoint(offset - 1)
    expect(await append(log, expected, record(offset, `c${offset % 3}`))).toEqual(
      appended(1, checkpoint(offset)),
    )
    cursors.push(await headOf(log))
  }
  return cursors
}

/** Answers once the log does: a Redis that was started again is found within moments. */
async function reachable({ log }: TestLog): Promise<void> {
  await until(() =>
    log.state().then(
      () => true,
      () => false,
    ),
  )
}

/** Whatever was lost: the chain is whole, and the checkpoint is that of the newest record. */
async function expectWhole(log: EventLog, events: number): Promise<void> {
  const entries = await log.newest(...EVERYTHING)
  expectLinked(entries)
  expect(entries.map(kindOrOffset)).toEqual(['open', ...range(events)])
  const newest = events === 0 ? [] : [[PARTITION, checkpoint(events - 1)] as const]
  expect(await log.checkpoints()).toEqual(new Map(newest))
}

describe('Redis killed and started again', () => {
  test('has with an append-only file all that it acknowledged, and goes on', async () => {
    await using redis = await startRedis(ALWAYS)
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const cursors = await fill(log, 0, 9)
    const before = await log.newest(...EVERYTHING)
    await redis.kill()
    await redis.restart()
    await reachable(opened)
    expect(await log.newest(...EVERYTHING)).toEqual(before)
    expect(offsets(await log.replay(ADMIN, cursors[6]!, 10))).toEqual([7, 8, 9])
    expect(await append(log, checkpoint(9), record(10, 'c1'))).toEqual(appended(1, checkpoint(10)))
    await expectWhole(log, 11)
  })

  test('without its last second is noticed by writers, tails and clients', async () => {
    await using redis = await startRedis(ALWAYS)
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const kept = await fill(log, 0, 4)
    const size = statSync(appendOnlyFile(redis)).size
    const lost = await fill(log, 5, 8)
    const tail = startTail(log, lost.at(-1)!)
    await redis.kill()
    truncateSync(appendOnlyFile(redis), size)
    await redis.restart()
    await reachable(opened)
    await expectWhole(log, 5)
    expect(await append(log, checkpoint(8), record(9, 'c0'))).toEqual(rewind(checkpoint(4)))
    for (const cursor of lost)
      expect(await log.replay(ADMIN, cursor, 10)).toEqual(refused('unknown'))
    await expectLost(log, tail, lost.at(-1)!)
    // The same records once more, and others: what was promised about them is still false.
    await fill(log, 5, 8)
    for (const cursor of lost) {
      expect(await log.replay(ADMIN, cursor, 10)).toMatchObject({ ok: false })
      expect(await reasonOf(startTail(log, cursor).next())).toMatchObject(LOST)
    }
    expect(offsets(await log.replay(ADMIN, kept.at(-1)!, 10))).toEqual([5, 6, 7, 8])
  })

  test('in the middle of what one call writes has all of it or nothing', async () => {
    await using redis = await startRedis(ALWAYS)
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    await fill(log, 0, 1)
    const size = statSync(appendOnlyFile(redis)).size
    await append(log, checkpoint(1), ...range(20).map((index) => record(2 + index, 'ann')))
    const grown = statSync(appendOnlyFile(redis)).size
    for (const cut of [0.97, 0.6, 0.3, 0.02]) {
      await redis.kill()
      truncateSync(appendOnlyFile(redis), Math.ceil(size + (grown - size) * cut))
      await redis.restart()
      await reachable(opened)
      await expectWhole(log, 2)
    }
    expect(await append(log, checkpoint(1), record(2, 'ann'))).toEqual(appended(1, checkpoint(2)))
  })
})

/** A tail that stood on what was lost says so; one that was cut off does once it is started again. */
async function expectLost(
  log: EventLog,
  tail: ReturnType<typeof startTail>,
  position: Cursor,
): Promise<void> {
  const reason = await reasonOf(tail.next())
  if ((reason as { code?: string }).code === 'log_unreachable') {
    expect(await reasonOf(startTail(log, position).next())).toMatchObject(LOST)
  } else expect(reason).toMatchObject(LOST)
}

function appendOnlyFile({ folder }: RedisProcess): string {
  const directory = join(folder, 'appendonlydir')
  return join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.incr.aof'))!,
  )
}

describe('a replica that was promoted', () => {
  test('without the last entries is noticed, though it never answers otherwise', async () => {
    await using old = await startRedis({ config: ['repl-diskless-sync-delay 0'] })
    await using replica = await startRedis({ replicaof: { port: old.port } })
    await using proxy = await startTcpProxy(old.port)
    await using opened = await openTestLog(`redis://127.0.0.1:${proxy.port}`)
    const { log } = opened
    const kept = await fill(log, 0, 9)
    using raw = rawRedis(replica.url)
    await until(async () => (await raw.xlen(`{${opened.name}}:feed`)) === 11)
    await raw.replicaof('NO', 'ONE')
    const lost = await fill(log, 10, 14)
    const tail = startTail(log, lost.at(-1)!)
    await waiting(old)
    proxy.target = replica.port
    proxy.cut()
    expect(await reasonOf(tail.next())).toMatchObject({ code: 'log_unreachable' })
    await reachable(opened)

    await expectWhole(log, 10)
    // Nothing comes that is newer: the position is asked for, all the same.
    expect(await reasonOf(startTail(log, lost.at(-1)!).next())).toMatchObject(LOST)
    expect(await log.replay(ADMIN, lost[0]!, 10)).toEqual(refused('unknown'))
    expect(await log.replay({ name: 'orders', customer: 'c1' }, lost[2]!, 10)).toEqual(
      refused('unknown'),
    )
    expect(await append(log, checkpoint(14), record(15, 'c0'))).toEqual(rewind(checkpoint(9)))
    await fill(log, 10, 15)
    expect(offsets(await log.replay(ADMIN, kept.at(-1)!, 10))).toEqual([10, 11, 12, 13, 14, 15])
    expect(await log.replay(ADMIN, lost[4]!, 10)).toMatchObject({ ok: false })
  })

  test('whose clock is behind goes on with ids that only grow', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log, name } = opened
    await append(log, null, record(0, 'ann'))
    // As another machine's clock, an hour ahead, would have left it.
    using raw = rawRedis(redis.url)
    const ahead = Date.now() + 3_600_000
    await raw.xsetid(`{${name}}:feed`, `${ahead}-7`)
    const before = await headOf(log)
    const tail = startTail(log, before)
    await append(log, checkpoint(0), record(1, 'ann'), record(2, 'bob'))
    await log.note({ kind: 'revoke', note: 'bob' })
    const ids = (await log.newest(3, 1e9)).map(({ id }) => id)
    expect(ids).toEqual([`${ahead}-8`, `${ahead}-9`, `${ahead}-10`])
    expect((await tail.take(3)).map(kindOrOffset)).toEqual([1, 2, 'revoke'])
    expectLinked(await log.newest(...EVERYTHING))
    expect(offsets(await log.replay({ name: 'orders', customer: 'ann' }, before, 5))).toEqual([1])
    await tail.stop()
  })

  test('which holds another entry under the id where a tail waits is noticed', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log, name } = opened
    await append(log, null, record(0, 'ann'))
    const head = await headOf(log)
    const [id] = head.split('.')
    const tail = startTail(log, head)
    using raw = rawRedis(redis.url)
    await waiting(redis)
    // At once, so that the tail cannot look in between.
    await raw
      .multi()
      .flushall()
      .xadd(`{${name}}:feed`, id!, 'v1', '01234567   ', 'b', '\nopen\n')
      .exec()
    expect(await reasonOf(tail.next())).toMatchObject(LOST)
  })
})

describe('FLUSHALL', () => {
  test('is noticed by writers, and by a tail though nothing new comes', async () => {
    await using redis = await startRedis()
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const cursors = await fill(log, 0, 2)
    const tail = startTail(log, cursors.at(-1)!)
    const noticing = reasonOf(tail.next())
    await waiting(redis)
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
    await waiting(redis)
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

/** A tail is at the head, and waits there. */
async function waiting({ url }: RedisProcess): Promise<void> {
  using raw = rawRedis(url)
  await until(async () => /blocked_clients:1/.test(await raw.info('clients')))
}

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

describe('a connection that died in silence', () => {
  test('is given up for another', async () => {
    await using redis = await startRedis()
    await using proxy = await startTcpProxy(redis.port)
    await using opened = await openTestLog(`redis://127.0.0.1:${proxy.port}`)
    const { log } = opened
    await fill(log, 0, 1)
    proxy.muteAnswers()
    expect(await reasonOf(log.newest(1, 1))).toMatchObject({ code: 'log_unreachable' })
    await reachable(opened)
    expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0, 1])
  })
})

describe('an answer that is lost', () => {
  test('is not asked for again: a record is in the log once, and so is a revocation', async () => {
    await using redis = await startRedis()
    await using proxy = await startTcpProxy(redis.port)
    await using opened = await openTestLog(`redis://127.0.0.1:${proxy.port}`)
    await using beside = await openTestLog(redis.url, { name: opened.name })
    const { log } = opened
    await fill(log, 0, 0)
    proxy.muteAnswers()
    const entries = async () => (await beside.log.newest(...EVERYTHING)).map(kindOrOffset)
    const writing = reasonsOf([
      append(log, checkpoint(0), record(1, 'ann')),
      log.note({ kind: 'revoke', note: 'ann' }),
      log.beat(0, 0),
    ])
    await until(async () => (await entries()).length === 5)
    proxy.cut()
    for (const reason of await writing) {
      expect(reason).toMatchObject({ code: 'log_unreachable', temporary: true })
    }
    await reachable(opened)
    expect(await append(log, checkpoint(0), record(1, 'ann'))).toEqual(appended(0, checkpoint(1)))
    expect(await entries()).toEqual(['open', 0, 1, 'revoke', 'beat'])
    expect(cursorOf((await log.newest(1, 1e9))[0]!)).toBe(await headOf(beside.log))
  })
})
