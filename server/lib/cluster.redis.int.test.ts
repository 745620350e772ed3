import { expect, test } from 'bun:test'
import { freePort } from '../../scripts/services/ports'
import { AppError } from '../errors'
import type { EventLog } from '../event-log/event-log'
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
import { type RedisProcess, startRedis } from '../testing/redis-process'

const SLOTS = 16_384
const MASTERS = 3
const FAILOVER_MS = 20_000

interface Node extends RedisProcess {
  readonly raw: ReturnType<typeof rawRedis>
  readonly busPort: number
}

async function startNode(): Promise<Node> {
  const busPort = await freePort()
  const redis = await startRedis({
    config: [
      ...['cluster-enabled yes', `cluster-port ${busPort}`, 'cluster-node-timeout 500'],
      ...['repl-diskless-sync-delay 0', 'cluster-replica-validity-factor 0'],
    ],
  })
  return Object.assign(redis, { raw: rawRedis(redis.url), busPort })
}

/** Three masters with a third of the slots each, and a replica of the one that holds `key`. */
async function startCluster(key: string) {
  const nodes = await Promise.all(Array.from({ length: MASTERS + 1 }, startNode))
  const [first, ...others] = nodes as [Node, ...Node[]]
  for (const { port, busPort } of others) {
    await first.raw.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
  }
  const starts = [...Array(MASTERS).keys()].map((index) => Math.floor((index * SLOTS) / MASTERS))
  const slot = await first.raw.cluster('KEYSLOT', key)
  const owner = nodes[starts.findLastIndex((start) => start <= slot)]!
  for (const [index, start] of starts.entries()) {
    const end = (starts[index + 1] ?? SLOTS) - 1
    await nodes[index]!.raw.call('CLUSTER', 'ADDSLOTSRANGE', start, end)
  }
  const replica = nodes[MASTERS]!
  const id = (await owner.raw.call('CLUSTER', 'MYID')) as string
  const state = async ({ raw }: Node) => String(await raw.cluster('INFO'))
  await until(async () => {
    const states = await Promise.all(nodes.map(state))
    return states.every((text) => /cluster_known_nodes:4/.test(text))
  })
  await replica.raw.call('CLUSTER', 'REPLICATE', id)
  await until(async () => {
    const states = await Promise.all(nodes.map(state))
    return states.every((text) => /cluster_state:ok/.test(text))
  }, FAILOVER_MS)
  return {
    owner,
    replica,
    other: nodes.find((node) => node !== owner && node !== replica)!,
    async [Symbol.asyncDispose]() {
      for (const node of nodes) {
        node.raw.disconnect()
        await node[Symbol.asyncDispose]()
      }
    },
  }
}

test('a log in a Cluster is found where its keys are, and again when they have another master', async () => {
  const name = 'shop'
  await using cluster = await startCluster(`{${name}}:feed`)
  const { owner, replica, other } = cluster
  const url = `redis+cluster://127.0.0.1:${other.port}`
  await using opened = await openTestLog(url, { name })
  const { log } = opened
  await append(log, null, record(0, 'ann'), record(1, 'bob'))
  expect(await owner.raw.xlen(`{${name}}:feed`)).toBe(3)
  const head = await headOf(log)
  const tail = startTail(log, head)
  await append(log, checkpoint(1), record(2, 'ann'))
  expect((await tail.next()).map(kindOrOffset)).toEqual([2])
  const ann = { name: 'orders', customer: 'ann' } as const
  expect(await log.replay(ann, head, 10)).toMatchObject({ ok: true })

  // One of its servers by itself is no place for it.
  const plain = `redis://127.0.0.1:${owner.port}`
  expect(await reasonOf(openTestLog(plain, { name }))).toMatchObject({ code: 'redis_unsuitable' })

  // They change places while every connection stays, and then one of them is gone.
  await inStep(owner, replica)
  const following = startTail(log, await headOf(log))
    .next()
    .then(
      (batch) => batch.map(kindOrOffset),
      (error: unknown) => (error instanceof AppError ? error.code : error),
    )
  await replica.raw.call('CLUSTER', 'FAILOVER')
  await expectAppended(log, 3)
  // The demoted one may still hand over what it is sent, before it is left.
  expect(['log_unreachable', '3']).toContain(String(await following))
  expect(await replica.raw.xlen(`{${name}}:feed`)).toBe(5)
  await inStep(replica, owner)
  await replica.kill()
  await expectAppended(log, 4)
  expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0, 1, 2, 3, 4])
  expect((await startTail(log, head).next()).map(kindOrOffset)).toEqual([2, 3, 4])
}, 60_000)

/** Resolves when the replica has all that its master has. */
async function inStep(master: Node, replica: Node): Promise<void> {
  await until(async () => {
    const offset = /master_repl_offset:(\d+)/.exec(await master.raw.info('replication'))?.[1]
    const info = await replica.raw.info('replication')
    const up = /master_link_status:up/.test(info)
    return up && /slave_repl_offset:(\d+)/.exec(info)?.[1] === offset
  }, FAILOVER_MS)
}

/** Each attempt is answered, and the first that is not refused goes to the master. */
async function expectAppended(log: EventLog, offset: number): Promise<void> {
  await until(async () => {
    const appending = append(log, checkpoint(offset - 1), record(offset, 'bob'))
    const outcome = await appending.catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'log_unreachable', temporary: true })
    })
    // One that was not answered may have arrived.
    if (outcome)
      expect(outcome).toMatchObject({ outcome: 'appended', checkpoint: checkpoint(offset) })
    return outcome !== undefined
  }, FAILOVER_MS)
}

test('a server that belongs to no Cluster is out of reach as one', async () => {
  await using redis = await startRedis()
  const url = `redis+cluster://127.0.0.1:${redis.port}`
  await using opened = await openTestLog(url, { open: false })
  const reason = await reasonOf(opened.log.state())
  expect(reason).toMatchObject({ code: 'log_unreachable' })
  expect((reason as Error).message).toContain('cluster support disabled')
})
