import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Cursor } from '../protocol/cursor'
import { openTestLog, rawRedis, reachable, tailWaits } from '../testing/redis-log'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { startTcpProxy } from '../testing/tcp-proxy'
import type { EventLog } from './event-log'
import {
  append,
  appended,
  checkpoint,
  EVERYTHING,
  expectLinked,
  expectWhole,
  fill,
  headOf,
  kindOrOffset,
  offsets,
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
const ALWAYS = { appendonly: true, appendfsync: 'always' } as const
const LOST = { code: 'position_lost' }

describe('Redis killed and started again', () => {
  test('has with an append-only file all that it acknowledged, and goes on', async () => {
    await using redis = await startRedis(ALWAYS)
    await using opened = await openTestLog(redis.url)
    const { log } = opened
    const cursors = await fill(log, 0, 9)
    const before = await log.newest(...EVERYTHING)
    await redis.kill()
    await redis.restart()
    await reachable(log)
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
    await reachable(log)
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
      await reachable(log)
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
    await tailWaits(old)
    proxy.target = replica.port
    proxy.cut()
    expect(await reasonOf(tail.next())).toMatchObject({ code: 'log_unreachable' })
    await reachable(log)

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
    await tailWaits(redis)
    // At once, so that the tail cannot look in between.
    await raw
      .multi()
      .flushall()
      .xadd(`{${name}}:feed`, id!, 'v1', '01234567   ', 'b', '\nopen\n')
      .exec()
    expect(await reasonOf(tail.next())).toMatchObject(LOST)
  })
})
