import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Cursor } from '../protocol/cursor'
import { resume, versions } from '../testing/resume'
import type { SocketClient } from '../testing/socket-client'
import { eventually } from '../testing/socket-server'
import { startTcpProxy } from '../testing/tcp-proxy'
import { within } from '../testing/within'
import { nextEvent, signedIn, upgradeFrom, type Upgrade } from './testing/clients'
import { openCluster, type Cluster, type ClusterProcess } from './testing/cluster'
import { moveOn, placeOrder, readOrder } from './testing/orders'
import { startProxy, type Proxy } from './testing/proxy'
import { followsLog } from './testing/ready'
import { startTailProxy } from './testing/tail-proxy'
import { startWatcher } from './testing/watchers'

/** Two servers behind nginx. */
const MAX_UNAUTHENTICATED = 3
/** Other processes, and what lies between them, take their time on a busy machine. */
const DEADLINE_MS = 30_000
const opened = new AsyncDisposableStack()
let cluster: Cluster
let proxy: Proxy
let one: ClusterProcess
let other: ClusterProcess

beforeAll(async () => {
  proxy = opened.use(await startProxy())
  const limits = {
    MAX_UNAUTHENTICATED_PER_ADDRESS: String(MAX_UNAUTHENTICATED),
    AUTH_TIMEOUT_MS: '60000',
    // What becomes of single clients is told there alone.
    LOG_LEVEL: 'debug',
  }
  cluster = opened.use(await openCluster({ env: limits }))
  ;[one, other] = await Promise.all([
    cluster.startServer(proxy.envOf(0)),
    cluster.startServer(proxy.envOf(1)),
    cluster.startWorker(),
  ])
  await Promise.all([one, other].map(({ url }) => followsLog(url)))
}, 60_000)

afterAll(() => opened.disposeAsync())

describe('through the proxy', () => {
  test('REST answers, and health and metrics are not to be had', async () => {
    expect((await fetch(`${proxy.url}/api/products`)).status).toBe(200)
    for (const path of ['/health/ready', '/health/live', '/metrics']) {
      expect((await fetch(`${proxy.url}${path}`)).status).toBe(404)
      expect((await fetch(`${one.url}${path}`)).status).toBe(200)
    }
  })

  test('pages of the address that people know may open sockets, and foreign ones may not', async () => {
    const from = (origin: string) => upgradeFrom('127.0.0.1', proxy.url, { origin })
    ;(await from(proxy.url)).end()
    const refusal = await from('https://elsewhere.example').catch(String)
    expect(refusal).toContain('HTTP/1.1 403')
  })

  test('limits count clients, whatever addresses they claim to have', async () => {
    const upgrades: Upgrade[] = []
    let claims = 0
    const open = async (address: string, url: string) => {
      const upgrade = await upgradeFrom(address, url, { 'x-forwarded-for': `10.0.0.${++claims}` })
      upgrades.push(upgrade)
      return upgrade
    }
    /** How the last one of a crowd ends, where each server takes so many. */
    const crowd = async (address: string, url: string, servers: number) => {
      for (let left = servers * MAX_UNAUTHENTICATED; left > 0; left--) await open(address, url)
      const { closed } = await open(address, url)
      return within(closed, 'the server to end it', DEADLINE_MS)
    }
    expect(await crowd('127.0.0.2', proxy.url, 2)).toBe(4429)
    let ended: number | null = null
    void (await open('127.0.0.3', proxy.url)).closed.then((code) => (ended = code))
    expect(await crowd('127.0.0.4', one.url, 1)).toBe(4429)
    expect(ended).toBeNull()
    for (const upgrade of upgrades) upgrade.end()
  })
})

test('what happens through one server is seen through the other', async () => {
  const alice = await signedIn(other.url, await cluster.token('alice'))
  await resume(alice)
  const board = await signedIn(one.url, await cluster.token('sam', 'staff'))
  board.send({ event: 'subscribe:admin', data: {} })
  await board.nextOf('caught-up')

  const key = { 'idempotency-key': crypto.randomUUID() }
  const order = await placeOrder(cluster, one.url, 'alice', key)
  expect(await placeOrder(cluster, other.url, 'alice', key)).toEqual(order)
  expect(await readOrder(cluster, other.url, order)).toMatchObject(order)
  expect(await nextEvent(alice)).toMatchObject({ event: 'order:created', data: order })
  expect(await nextEvent(board)).toMatchObject({ event: 'admin:order:created', data: order })

  const moved = await moveOn(cluster, other.url, order, 'processing')
  expect(await readOrder(cluster, one.url, order)).toMatchObject(moved)
  expect(await nextEvent(alice)).toMatchObject({ event: 'order:updated', data: moved })
  expect((await nextEvent(board)).data).toMatchObject({ orderId: order.orderId, version: 2 })
  await Promise.all([alice.close(), board.close()])
})

test('a client goes on at the other server, with all that it missed, once', async () => {
  const before = await signedIn(one.url, await cluster.token('bob'))
  await resume(before)
  const first = await placeOrder(cluster, one.url, 'bob')
  const seen = await nextEvent(before)
  expect(seen.data).toEqual(first)
  await before.cut()

  let order = first
  for (const status of ['processing', 'shipped', 'delivered'] as const) {
    order = await moveOn(cluster, other.url, order, status)
  }
  const after = await signedIn(other.url, await cluster.token('bob'))
  const missed = await resumeUntil(after, seen.id, order.version)
  expect(missed).toEqual([2, 3, 4])
  await after.close()
})

test('a server that is behind waits, then sends the client on, who has everything in the end', async () => {
  await using redis = await startTailProxy(cluster.redis.port)
  await using way = await startTcpProxy(portOf(one))
  const behind = await cluster.startServer({ REDIS_URL: redis.url })
  const watcher = await startWatcher(cluster, {
    channel: 'orders',
    subject: 'carol',
    urls: () => [`http://127.0.0.1:${way.port}`],
  })
  try {
    await eventually(() => watcher.client.state.status === 'live', DEADLINE_MS)
    redis.hold()
    const order = await placeOrder(cluster, one.url, 'carol')
    await eventually(() => watcher.orders.has(order.orderId), DEADLINE_MS)

    way.target = portOf(behind)
    way.cut()
    await behind.logged('resume sent to another node')
    way.target = portOf(one)
    const moved = await moveOn(cluster, other.url, order, 'processing')
    await eventually(() => watcher.orders.get(order.orderId)?.version === 2, DEADLINE_MS)
    expect(watcher.stretches.map(({ events }) => events.map(({ fact }) => fact))).toEqual([
      [`${order.orderId}@1`, `${moved.orderId}@2`],
    ])
    expect(watcher.resumes.map(({ recovered }) => recovered)).not.toContain(false)
  } finally {
    watcher.close()
    await behind.kill()
  }
})

/** The versions that come after the cursor, up to this one. */
async function resumeUntil(client: SocketClient, cursor: Cursor, version: number) {
  const seen = versions(await resume(client, cursor))
  while (seen.at(-1) !== version) seen.push((await nextEvent(client)).data.version)
  return seen
}

function portOf({ url }: ClusterProcess): number {
  return Number(new URL(url).port)
}
