import { expect, test } from 'bun:test'
import {
  append,
  checkpoint,
  EVERYTHING,
  headOf,
  kindOrOffset,
  reasonOf,
  record,
  startTail,
  until,
} from '../event-log/features/fixtures'
import { openTestLog, rawRedis } from '../testing/redis-log'
import { startRedis } from '../testing/redis-process'

/** The other end of this: a master that is gone is declared so at once, and replaced. */
const MONITOR = (port: number) => [
  `sentinel monitor shop 127.0.0.1 ${port} 1`,
  'sentinel down-after-milliseconds shop 300',
  'sentinel failover-timeout shop 2000',
]
const FAILOVER_MS = 15_000

test('a log behind a Sentinel goes on with the master that it names', async () => {
  await using old = await startRedis({ config: ['repl-diskless-sync-delay 0'] })
  await using replica = await startRedis({ replicaof: { port: old.port } })
  await using sentinel = await startRedis({
    sentinel: true,
    config: [...MONITOR(old.port), 'requirepass watch'],
  })
  const { port } = sentinel
  using rawSentinel = rawRedis(`redis://:watch@127.0.0.1:${port}`)
  const replicas = async () =>
    (await rawSentinel.call('SENTINEL', 'REPLICAS', 'shop')) as string[][]
  await until(async () => (await replicas()).length === 1)

  const url = `redis+sentinel://127.0.0.1:${port}/shop?sentinelPassword=watch`
  await using opened = await openTestLog(url)
  const { log, name } = opened
  await append(log, null, record(0, 'ann'), record(1, 'bob'))
  const head = await headOf(log)
  const tail = startTail(log, head)
  using rawReplica = rawRedis(replica.url)
  await until(async () => (await rawReplica.xlen(`{${name}}:feed`)) === 3)

  await old.kill()
  expect(await reasonOf(tail.next())).toMatchObject({ code: 'log_unreachable' })
  // Each attempt is answered, and the first that is not refused goes to the new master.
  await until(async () => {
    const outcome = await append(log, checkpoint(1), record(2, 'ann')).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'log_unreachable', temporary: true })
    })
    // One that was not answered may have arrived.
    if (outcome) expect(outcome).toMatchObject({ outcome: 'appended', checkpoint: checkpoint(2) })
    return outcome !== undefined
  }, FAILOVER_MS)
  expect(await rawReplica.xlen(`{${name}}:feed`)).toBe(4)
  expect((await startTail(log, head).next()).map(kindOrOffset)).toEqual([2])
  expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0, 1, 2])
}, 30_000)

test('a master that no Sentinel knows is out of reach', async () => {
  await using redis = await startRedis()
  await using sentinel = await startRedis({ sentinel: true, config: MONITOR(redis.port) })
  const url = `redis+sentinel://127.0.0.1:${sentinel.port}/another`
  await using opened = await openTestLog(url, { open: false })
  expect(await reasonOf(opened.log.state())).toMatchObject({ code: 'log_unreachable' })
})
