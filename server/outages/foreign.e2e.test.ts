import { expect, test } from 'bun:test'
import type { Ended } from '../../scripts/foreign-orders/life'
import { asCustomersSee, endOf } from '../../scripts/foreign-orders/testing/ends'
import { byId, playOrderService } from '../../scripts/foreign-orders/testing/run'
import { minuteOf } from '../orders/statistics'
import type { Order } from '../protocol/order'
import { ORDER_STATUSES } from '../protocol/order-status'
import type { Stats } from '../protocol/stats'
import { startPostgresProcess } from '../testing/postgres-process'
import { rawRedis } from '../testing/redis-log'
import { expectNothingLost, readTables } from './testing/check'
import { openCluster, type Cluster, type ClusterProcess } from './testing/cluster'
import { loadAll, startWatcher, type Watcher } from './testing/watchers'

const KILLS = Number(process.env.KILLS ?? 6)
const ENV = { ORDERS: 'off', CUSTOMER_FIELDS: 'giftMessage' }

/** Another order service, until it is told to come to an end. */
function playService({ topics }: Cluster) {
  const { promise: pid, resolve } = Promise.withResolvers<number>()
  const args = ['--orders', '0', '--rate', '60', '--users', 'alice,bob']
  const played = playOrderService(args, topics, (_, of) => resolve(of))
  return {
    /** Resolves to what every order must end as. */
    async end(): Promise<readonly Ended[]> {
      process.kill(await pid, 'SIGINT')
      return (await played).expected
    },
  }
}

/** Resolves when so many more entries are in the log, or it was emptied. */
async function more(cluster: Cluster, entries: number): Promise<void> {
  using redis = rawRedis(cluster.redis.url)
  const from = await redis.xlen('{orderwire}:feed')
  const deadline = performance.now() + 60_000
  for (let now = from; now >= from && now < from + entries;) {
    if (performance.now() > deadline) throw new Error(`no ${entries} entries in a minute`)
    await Bun.sleep(5)
    now = await redis.xlen('{orderwire}:feed')
  }
}

/** One by one, at any step of their work. Its successor is no member of any group that waits for the dead. */
async function killWorkers(cluster: Cluster): Promise<void> {
  for (let kills = 0; kills < KILLS; kills++) {
    await more(cluster, 1 + Math.floor(Math.random() * 60))
    const [oldest] = cluster.workers
    const KAFKA_GROUP_ID = `${cluster.topics.groupId}-${kills}`
    await Promise.all([oldest!.kill(), cluster.startWorker({ KAFKA_GROUP_ID })])
  }
}

async function watch(cluster: Cluster): Promise<readonly Watcher[]> {
  const urls = () => cluster.servers.map(({ url }) => url)
  return [
    await startWatcher(cluster, { channel: 'admin', subject: 'board', urls }),
    await startWatcher(cluster, { channel: 'orders', subject: 'alice', urls }),
    await startWatcher(cluster, { channel: 'orders', subject: 'bob', urls }),
  ]
}

/** Of an order that was projected again after a crash the log has the version of then alone. */
async function olderFacts({ databaseUrl }: Cluster): Promise<ReadonlySet<string>> {
  const { facts, orders } = await readTables(databaseUrl)
  const newest = new Set(
    [...orders.values()].map(({ orderId, version }) => `${orderId}@${version}`),
  )
  return facts.difference(newest)
}

function ends(orders: Iterable<Order>): readonly Ended[] {
  return byId([...orders].map(endOf))
}

async function snapshotOf(cluster: Cluster, { url }: ClusterProcess, subject: string) {
  const [channel, role] =
    subject === 'board' ? (['admin', 'staff'] as const) : (['orders'] as const)
  const token = await cluster.token(subject, role)
  const { items } = await loadAll(url, channel, token, AbortSignal.timeout(10_000))
  return ends(items)
}

/** Resolves when the tables hold what they must, as a server answers it. */
async function untilProjected(cluster: Cluster, expected: readonly Ended[]): Promise<void> {
  const [server] = cluster.servers
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await snapshotOf(cluster, server!, 'board')
    if (Bun.deepEquals(found, expected)) return
    if (performance.now() > deadline) return expect(found).toEqual(expected)
    await Bun.sleep(100)
  }
}

async function call(cluster: Cluster, { url }: ClusterProcess, method: string, path: string) {
  const token = await cluster.token('sam', 'staff')
  const headers = { authorization: `Bearer ${token}` }
  return fetch(`${url}/api${path}`, { method, headers })
}

/** What the figures must be, counted anew. */
function figuresOf(orders: readonly Ended[]): Stats['all'] {
  const counted = ORDER_STATUSES.map((status) => {
    const of = orders.filter((order) => order.status === status)
    return [status, of.length] as const
  })
  const amount = orders
    .filter(({ status }) => status !== 'cancelled')
    .reduce((sum, { total }) => sum + total, 0)
  return {
    orders: orders.length,
    byStatus: Object.fromEntries(counted) as Stats['all']['byStatus'],
    revenue: [{ currency: 'EUR', amount }],
  }
}

test("another service's orders, through workers that are killed, an empty Redis and a Postgres that restarts", async () => {
  await using postgres = await startPostgresProcess()
  await using cluster = await openCluster({ databaseUrl: postgres.url, env: ENV })
  await Promise.all([
    ...[cluster.startWorker(), cluster.startWorker()],
    ...[cluster.startServer(), cluster.startServer()],
  ])
  const service = playService(cluster)
  await using opened = new AsyncDisposableStack()
  const watchers = await watch(cluster)
  opened.defer(() => {
    for (const watcher of watchers) watcher.close()
  })

  await killWorkers(cluster)
  using redis = rawRedis(cluster.redis.url)
  await redis.flushall()
  await more(cluster, 20)
  await postgres.kill()
  await postgres.restart()
  await more(cluster, 20)
  await postgres.restart()
  await more(cluster, 20)
  const expected = await service.end()

  await untilProjected(cluster, expected)
  const gone = await olderFacts(cluster)
  await expectNothingLost(cluster, new Set(), watchers, { gone })
  const [board, alice, bob] = watchers as [Watcher, Watcher, Watcher]
  const of = (buyer: string) =>
    expected.filter(({ buyerId }) => buyerId === buyer).map(asCustomersSee)
  expect(ends(board.orders.values())).toEqual(expected)
  expect(ends(alice.orders.values())).toEqual(of('alice'))
  expect(ends(bob.orders.values())).toEqual(of('bob'))
  expect(board.members.has('internal')).toBe(true)
  for (const customer of [alice, bob]) {
    expect(customer.members.has('internal')).toBe(false)
    const extra = [...customer.members].filter((name) => name.startsWith('extra.'))
    expect(extra).toEqual(['extra.giftMessage'])
  }
  for (const server of cluster.servers) {
    expect(await snapshotOf(cluster, server, 'board')).toEqual(expected)
    expect(await snapshotOf(cluster, server, 'bob')).toEqual(of('bob'))
    const stats = (await (await call(cluster, server, 'GET', '/admin/stats')).json()) as Stats
    expect(stats.all).toEqual(figuresOf(expected))
    const now = minuteOf(new Date(stats.at))
    const perMinute = expected.map(({ createdAt }) => now - minuteOf(new Date(createdAt)))
    expect(stats.perMinute.toReversed().slice(0, 10)).toEqual(
      Array.from({ length: 10 }, (_, ago) => perMinute.filter((one) => one === ago).length),
    )
    const refused = await call(cluster, server, 'PATCH', `/admin/orders/${expected[0]!.orderId}`)
    expect(refused.status).toBe(405)
    expect(await refused.json()).toMatchObject({ code: 'orders_elsewhere' })
  }
}, 300_000)
