import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Ended } from '../../scripts/foreign-orders/life'
import { asCustomersSee, endOf } from '../../scripts/foreign-orders/testing/ends'
import { byId, playOrderService } from '../../scripts/foreign-orders/testing/run'
import { isEventFrame } from '../../ui/client/decode'
import { openKafka } from '../kafka/client'
import { createLogger } from '../lib/logger'
import { foldInto } from '../protocol/fold'
import type { Order } from '../protocol/order'
import type { Stats } from '../protocol/stats'
import { freshDatabase } from '../testing/database.postgres'
import { startRedis } from '../testing/redis-process'
import { connectSocket, type SocketClient } from '../testing/socket-client'
import { freshTopics, testStack } from '../testing/stack'
import { startTestServer, type TestServer } from '../testing/test-server'

/**
 * Another service's orders, from Kafka to the sockets and over REST: two nodes, each with a worker
 * beside it, while scripts/order-service plays the service.
 */
const topics = freshTopics()
const nodes: TestServer[] = []
const opened: (() => unknown)[] = []

beforeAll(async () => {
  const { broker } = await testStack()
  const database = await freshDatabase()
  opened.push(() => database[Symbol.asyncDispose]())
  const redis = await startRedis()
  opened.push(() => redis.stop())
  await makeTopics(broker)
  for (const _ of ['one', 'two']) {
    const node = await startTestServer({
      KAFKA_BROKER: broker,
      REDIS_URL: redis.url,
      DATABASE_URL: database.url,
      KAFKA_TOPIC_CREATED: topics.created,
      KAFKA_TOPIC_UPDATED: topics.updated,
      KAFKA_TOPIC_CANCELLED: topics.cancelled,
      KAFKA_TOPIC_DEAD_LETTER: topics.deadLetter,
      KAFKA_GROUP_ID: topics.groupId,
      ORDERS: 'off',
      ROLE: 'all',
      CUSTOMER_FIELDS: 'giftMessage',
      LOG_LEVEL: 'warn',
    })
    nodes.push(node)
    opened.push(() => node.stop())
  }
  for (const node of nodes) await until(() => logState(node), 'ok')
}, 60_000)

afterAll(async () => {
  for (const close of opened.toReversed()) await close()
}, 60_000)

/** As the service would: Orderwire waits for topics that are not its own. */
async function makeTopics(broker: string): Promise<void> {
  const settings = { brokers: [broker], clientId: 'test', partitions: 2, replicationFactor: 1 }
  const kafka = openKafka({ ...settings, tls: null, sasl: null }, createLogger('silent'))
  await kafka.ensureTopics([topics.created, topics.updated, topics.cancelled])
  await kafka.close()
}

async function logState(node: TestServer): Promise<string> {
  const ready = await node.request('/health/ready')
  return ((await ready.json()) as { readonly log: { readonly state: string } }).log.state
}

/** Looks until it is so, and shows what there was when that took too long. */
async function until<T>(look: () => T | Promise<T>, expected: T): Promise<void> {
  const deadline = performance.now() + 30_000
  let found = await look()
  while (!Bun.deepEquals(found, expected) && performance.now() < deadline) {
    await Bun.sleep(20)
    found = await look()
  }
  expect(found as unknown).toEqual(expected)
}

/** Everything that a channel brought, folded as clients do. */
class Follower {
  readonly #orders = new Map<string, Order>()
  #taken = 0
  text = ''

  static async of(node: TestServer, token: string, channel: 'orders' | 'admin') {
    const client = await connectSocket(node.wsUrl)
    client.send({ event: 'auth', data: { token } })
    await client.nextOf('authenticated')
    client.send({ event: `subscribe:${channel}`, data: {} })
    await client.nextOf('subscribed')
    return new Follower(client)
  }

  private constructor(private readonly client: SocketClient) {}

  seen(): readonly Ended[] {
    for (; this.#taken < this.client.pending.length; this.#taken++) {
      const frame = this.client.pending[this.#taken]!
      if (!isEventFrame(frame)) continue
      this.text += JSON.stringify(frame)
      foldInto(this.#orders, frame.data)
    }
    return byId([...this.#orders.values()].map(endOf))
  }
}

async function listed(node: TestServer, path: string, token: string): Promise<readonly Ended[]> {
  const response = await node.request(`${path}?limit=100`, { token })
  const { items } = (await response.json()) as { readonly items: readonly Order[] }
  return byId(items.map(endOf))
}

test('every order ends as the service says, on each node, over REST and for all who follow', async () => {
  const [one, two] = nodes as [TestServer, TestServer]
  const alice = await one.signIn('alice')
  const staff = await two.signIn('sam', 'staff')
  const customer = await Follower.of(one, alice, 'orders')
  const board = await Follower.of(two, staff, 'admin')

  const { expected } = await playOrderService(['--orders', '60', '--rate', '0'], topics)
  const ofAlice = expected.filter(({ buyerId }) => buyerId === 'alice').map(asCustomersSee)
  expect(ofAlice.length).toBeGreaterThan(10)
  await until(() => listed(two, '/api/admin/orders', staff), expected)
  await until(() => listed(one, '/api/orders', alice), ofAlice)
  await until(() => board.seen(), expected)
  await until(() => customer.seen(), ofAlice)

  const figures = await two.request('/api/admin/stats', { token: staff })
  const stats = (await figures.json()) as Stats
  expect(stats.all.orders).toBe(expected.length)
  const delivered = expected.filter(({ status }) => status === 'delivered').length
  expect(stats.all.byStatus.delivered).toBe(delivered)

  expect(customer.text).not.toMatch(/fraudScore|costPrice|trackingNumber|internal/)
  expect(customer.text).not.toContain('"buyerId":"bob"')
  expect(board.text).toContain('"fraudScore"')
}, 90_000)
