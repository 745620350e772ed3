import { expect, test } from 'bun:test'
import { openKafka } from '../server/kafka/client'
import { partitionName, type Kafka } from '../server/kafka/kafka'
import { createLogger } from '../server/lib/logger'
import { createNormalize } from '../server/mirror/normalize'
import { mirrorSettings } from '../server/mirror/testing/records'
import { foldEvent } from '../server/orders/fold'
import { orderOf } from '../server/orders/fold-order'
import type { FoldState } from '../server/orders/fold-state'
import { freshTopics, testStack, type TopicNames } from '../server/testing/stack'
import type { Ended } from './foreign-orders/life'
import { byId, playOrderService } from './foreign-orders/testing/run'

async function withKafka<T>(work: (kafka: Kafka) => Promise<T>): Promise<T> {
  const { broker } = await testStack()
  const settings = { brokers: [broker], clientId: 'test', partitions: 1, replicationFactor: 1 }
  const kafka = openKafka({ ...settings, tls: null, sasl: null }, createLogger('silent'))
  try {
    return await work(kafka)
  } finally {
    await kafka.close()
  }
}

/** What lies in Kafka, folded partition after partition. */
function foldedOrders(topics: TopicNames): Promise<Ended[]> {
  const { created, updated, cancelled } = topics
  const names = { created, updated, cancelled }
  const settings = mirrorSettings({ orders: 'off', topics: { kind: 'three', names } })
  const normalize = createNormalize(settings)
  const fold = { currency: 'EUR', customerFields: new Set<string>() }
  return withKafka(async (kafka) => {
    const states = new Map<string, FoldState>()
    for (const span of (await kafka.spans(Object.values(names))).values()) {
      for (const record of await kafka.read(span, span.earliest, 10_000)) {
        const normalized = normalize(span.topic, partitionName(span), record)
        if (normalized.kind !== 'foreign') throw new Error(JSON.stringify(normalized))
        const { event } = normalized
        states.set(event.orderId, foldEvent(states.get(event.orderId) ?? null, event, fold).state)
      }
    }
    return [...states.values()].map((state): Ended => {
      const { version: _, internal = {}, ...order } = orderOf(state, fold)
      return { ...order, further: internal }
    })
  })
}

test('what it sent folds to what it says that every order must end as', async () => {
  const topics = freshTopics()
  const args = ['--orders', '40', '--rate', '0', '--seed', '11', '--users', 'ann']
  const { output, expected } = await playOrderService(args, topics)
  expect(output).toMatch(/Sent \d+ events of 40 orders, \d+ of them again/)
  expect(expected).toHaveLength(40)
  expect(byId(await foldedOrders(topics))).toEqual(expected)
}, 60_000)

test('ended by a signal, it sends what it has made and says how that must end', async () => {
  const topics = freshTopics()
  let stopped = false
  const { expected } = await playOrderService(
    ['--orders', '0', '--rate', '20'],
    topics,
    (text, pid) => {
      if (stopped || !/^created /m.test(text)) return
      stopped = true
      process.kill(pid, 'SIGINT')
    },
  )
  expect(expected.length).toBeGreaterThan(0)
  expect(byId(await foldedOrders(topics))).toEqual(expected)
}, 60_000)
