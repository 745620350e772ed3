import { afterAll, beforeAll, expect, test } from 'bun:test'
import { resume } from '../testing/resume'
import type { SocketClient } from '../testing/socket-client'
import { within } from '../testing/within'
import { nextEvent, signedIn } from './testing/clients'
import { openCluster, type Cluster, type ClusterProcess } from './testing/cluster'
import { placeOrder } from './testing/orders'
import { followsLog } from './testing/ready'

/** Who is shown the door at one server is gone from all. */
const UNAUTHORIZED = 4401
const CROWD = 20
const DEADLINE_MS = 30_000
const opened = new AsyncDisposableStack()
let cluster: Cluster
let one: ClusterProcess
let other: ClusterProcess

beforeAll(async () => {
  cluster = opened.use(await openCluster())
  ;[one, other] = await Promise.all([
    cluster.startServer(),
    cluster.startServer(),
    cluster.startWorker(),
  ])
  await Promise.all([one, other].map(({ url }) => followsLog(url)))
}, 60_000)

afterAll(() => opened.disposeAsync())

async function crowdOf(token: string, length = CROWD): Promise<SocketClient[]> {
  const urls = [one.url, other.url]
  return Promise.all(
    Array.from({ length }, async (_, place) => {
      const client = await signedIn(urls[place % urls.length]!, token)
      await resume(client)
      return client
    }),
  )
}

async function codesOf(clients: readonly SocketClient[]): Promise<Set<number>> {
  const closed = Promise.all(clients.map((client) => client.closed))
  return new Set(
    (await within(closed, 'all sockets to be closed', DEADLINE_MS)).map(({ code }) => code),
  )
}

async function revoke(subject: string): Promise<void> {
  const response = await fetch(`${one.url}/api/admin/revocations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await cluster.token('sam', 'staff')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ subject }),
  })
  expect(response.status).toBe(201)
}

async function expectRefused(token: string): Promise<void> {
  for (const { url } of [one, other]) {
    const ask = () => fetch(`${url}/api/orders`, { headers: { authorization: `Bearer ${token}` } })
    const deadline = performance.now() + DEADLINE_MS
    while ((await ask()).status !== 401 && performance.now() < deadline) await Bun.sleep(20)
    expect((await ask()).status).toBe(401)
  }
}

test('a token that runs out ends the sockets that it opened, at every server', async () => {
  const token = await cluster.token('trudy', 'customer', '4s')
  const crowd = await crowdOf(token, 2)
  expect(await codesOf(crowd)).toEqual(new Set([UNAUTHORIZED]))
})

test('all sessions of one subject end everywhere, and nobody else’s', async () => {
  const token = await cluster.token('mallory')
  const others = await crowdOf(await cluster.token('alice'))
  const crowd = await crowdOf(token)
  await revoke('mallory')
  expect(await codesOf(crowd)).toEqual(new Set([UNAUTHORIZED]))
  await expectRefused(token)
  const { orderId } = await placeOrder(cluster, one.url, 'alice')
  for (const client of others) expect((await nextEvent(client)).data.orderId).toBe(orderId)
  await Promise.all(others.map((client) => client.close()))
})

test('also while the log is down, through which servers tell each other', async () => {
  const token = await cluster.token('eve')
  const others = await crowdOf(await cluster.token('alice'))
  const crowd = await crowdOf(token)
  await cluster.redis.kill()
  await revoke('eve')
  expect(await codesOf(crowd)).toEqual(new Set([UNAUTHORIZED]))
  await expectRefused(token)
  await cluster.redis.restart()
  const { orderId } = await placeOrder(cluster, one.url, 'alice')
  for (const client of others) expect((await nextEvent(client)).data.orderId).toBe(orderId)
})
