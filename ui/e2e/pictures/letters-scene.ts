import { openKafka } from '../../../server/kafka/client'
import { createLogger } from '../../../server/lib/logger'
import { type DeadLetter, deadLetterRecord } from '../../../server/mirror/dead-letter'
import { createDeadLetters } from '../../../server/mirror/dead-letters'
import { freshDatabase } from '../../../server/testing/database.postgres'
import { startRedis } from '../../../server/testing/redis-process'
import { freshTopics, testStack } from '../../../server/testing/stack'
import { startTestServer, type TestServer } from '../../../server/testing/test-server'

/** For pictures: a shop of the distributed engine with dead letters, as workers would leave them. */
export interface LettersScene extends AsyncDisposable {
  readonly server: TestServer
}

const ORDER = {
  orderId: '0192f3a1-7c44-7b1e-9d0c-5a7be1c40f21',
  buyerId: 'alice',
  items: [{ productId: 'espresso-cup', name: 'Espresso Cup', quantity: 2, unitPrice: 14.5 }],
  subtotal: 29,
  tax: 5.51,
  total: '34,51 €',
  status: 'pending',
  createdAt: '2026-03-01T09:30:05.000Z',
}

const HEADERS = {
  ce_type: Buffer.from('order.created'),
  ce_source: Buffer.from('/shop/berlin'),
  traceparent: Buffer.from('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
  'x-signature': Buffer.from([0x8f, 0x01, 0xff, 0x7a, 0x00, 0xc3]),
}

type Sample = Pick<DeadLetter, 'reason' | 'detail'> & {
  readonly kind: 'created' | 'updated'
  readonly value: string | Buffer
}

/** Oldest first. */
const SAMPLES: readonly Sample[] = [
  {
    reason: 'foreign',
    detail: 'The record is not one of ours: with ORDERS=on only this shop writes to its topics.',
    kind: 'updated',
    value: '{"orderId":4711,"state":"PAID"}',
  },
  {
    reason: 'not_json',
    detail: 'The value is no JSON object in UTF-8.',
    kind: 'created',
    value: Buffer.from([0x00, 0x00, 0x00, 0x00, 0x2a, 0x48, 0x30, 0xff, 0x12]),
  },
  {
    reason: 'unknown_type',
    detail: 'ce_type is "OrderArchived": expected one of OrderPlaced, OrderPaid, order.created.',
    kind: 'updated',
    value: '{"orderId":"0192f3a1-7c44-7b1e-9d0c-5a7be1c40f21"}',
  },
  {
    reason: 'too_big',
    detail: 'The event has 91,204 bytes: expected at most 65,536.',
    kind: 'created',
    value: JSON.stringify({ ...ORDER, note: 'x'.repeat(91_000) }),
  },
  {
    reason: 'invalid',
    detail: 'state is "GONE": expected one of pending, processing, shipped, delivered, cancelled.',
    kind: 'updated',
    value: '{"orderId":"0192f3a1-7c44-7b1e-9d0c-5a7be1c40f21","state":"GONE"}',
  },
  {
    reason: 'invalid',
    detail: 'total is "34,51 €": expected an amount such as 34.51.',
    kind: 'created',
    value: JSON.stringify(ORDER),
  },
]

const MINUTE_MS = 60_000

export async function openLettersScene(): Promise<LettersScene> {
  await using opening = new AsyncDisposableStack()
  const { broker } = await testStack()
  const { created, updated, deadLetter } = freshTopics()
  const topics = { created, updated }
  const redis = opening.use(await startRedis())
  const env = {
    KAFKA_BROKER: broker,
    REDIS_URL: redis.url,
    DATABASE_URL: opening.use(await freshDatabase()).url,
    KAFKA_TOPIC_DEAD_LETTER: deadLetter,
    LOG_LEVEL: 'warn',
  }
  const settings = { brokers: [broker], clientId: 'test', tls: null, sasl: null }
  const kafka = openKafka(
    { ...settings, partitions: 1, replicationFactor: 1 },
    createLogger('silent'),
  )
  opening.defer(() => kafka.close())
  await kafka.ensureTopics([created, updated, deadLetter])
  const bury = async ({ kind, reason, detail, value }: Sample, minutes: number, more = {}) => {
    const timestamp = Date.now() - minutes * MINUTE_MS
    const source = { topic: topics[kind], partition: 2, offset: 48_000 - minutes, timestamp }
    const [key, bytes] = [Buffer.from(ORDER.orderId), Buffer.from(value)]
    const headers = { ...HEADERS, ...more }
    const letter = { source, reason, detail, key, value: bytes, headers }
    await kafka.producer().send([{ ...deadLetterRecord(letter, deadLetter), timestamp }])
  }
  for (const [index, sample] of SAMPLES.entries()) await bury(sample, 400 - index * 61)
  const letters = createDeadLetters(kafka, deadLetter)
  await letters.redrive('0@0')
  await letters.redrive('0@4')
  // What the worker makes of a record that is sent back and still cannot be read.
  const redriven = { 'dead-letter.redrive': Buffer.from(`${deadLetter}/0@4`) }
  await bury(SAMPLES[4]!, 1, redriven)
  const server = await startTestServer(env)
  opening.defer(() => server.stop())
  const opened = opening.move()
  return { server, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
