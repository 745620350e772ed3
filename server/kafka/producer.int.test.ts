import { expect, test } from 'bun:test'
import { refusedIndex } from './kafka'
import { openTestKafka } from './testing/setup'

const MIB = 1_048_576

test('many and large records go out in as many requests as it takes, each key in order', async () => {
  await using kafka = await openTestKafka({ partitions: 3 })
  const topic = await kafka.topic(3)
  const records = Array.from({ length: 2_500 }, (_, at) => {
    return { topic, key: `k${at % 7}`, value: `${at}:${'x'.repeat(1_000)}` }
  })
  await kafka.producer().send(records)
  const found = new Map<string, number[]>()
  for (const partition of [0, 1, 2])
    for (const { key, value } of await kafka.read({ topic, partition }, 0, 10_000))
      found.set(String(key), [
        ...(found.get(String(key)) ?? []),
        Number.parseInt(String(value), 10),
      ])
  for (let key = 0; key < 7; key++) {
    const sent = records.flatMap((_, at) => (at % 7 === key ? [at] : []))
    expect(found.get(`k${key}`)).toEqual(sent)
  }
})

test('a record that the broker will never take is named; what was before it is there', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const producer = kafka.producer()
  const values = ['a', 'b', 'c', 'x'.repeat(2 * MIB), 'd', 'e']
  const records = values.map((value, at) => ({ topic, key: `k${at}`, value }))
  const error: unknown = await producer.send(records).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'record_refused', temporary: false })
  expect(refusedIndex(error)).toBe(3)
  expect(String(error)).toContain('key k3')
  const there = await kafka.read({ topic, partition: 0 }, 0, 10)
  expect(there.map(({ value }) => String(value))).toEqual(['a', 'b', 'c'])
  await producer.send(records.toSpliced(0, 4))
  expect((await kafka.spans([topic])).get(`${topic}-0`)!.end).toBe(5)
})

test('a record among others of its request is found too', async () => {
  await using kafka = await openTestKafka()
  const topic = `t-${crypto.randomUUID()}`
  const configEntries = [{ name: 'max.message.bytes', value: '10000' }]
  await kafka.admin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }),
  )
  const producer = kafka.producer()
  const values = Array.from({ length: 100 }, (_, at) => 'x'.repeat(at === 61 ? 20_000 : 500))
  const records = values.map((value, at) => ({ topic, key: `k${at}`, value }))
  const error: unknown = await producer.send(records).catch((reason: unknown) => reason)
  expect(refusedIndex(error)).toBe(61)
  expect((await kafka.spans([topic])).get(`${topic}-0`)!.end).toBe(61)
  // Too large together, not one by one.
  await producer.send(records.slice(62))
  expect((await kafka.spans([topic])).get(`${topic}-0`)!.end).toBe(99)
})

test('a record too large for any request does not even go out', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const sent = kafka.producer().send([
    { topic, key: 'a', value: 'a' },
    { topic, key: 'b', value: Buffer.alloc(65 * MIB) },
  ])
  const error: unknown = await sent.catch((reason: unknown) => reason)
  expect(refusedIndex(error)).toBe(1)
})

test('a topic that is missing may be there later', async () => {
  await using kafka = await openTestKafka()
  const topic = `t-${crypto.randomUUID()}`
  const producer = kafka.producer()
  const error: unknown = await producer
    .send([{ topic, key: null, value: 'a' }])
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'kafka_unreachable', temporary: true })
  await kafka.ensureTopics([topic])
  await producer.send([{ topic, key: null, value: 'a' }])
  // Deleted and made again: the broker knows nothing of this producer any more.
  await kafka.admin((admin) => admin.deleteTopics({ topics: [topic] }))
  await kafka.ensureTopics([topic])
  await producer.send([{ topic, key: null, value: 'b' }])
  const [record] = await kafka.read({ topic, partition: 0 }, 0, 10)
  expect(String(record!.value)).toBe('b')
})

test('sends that overlap arrive in the order of their calls', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const producer = kafka.producer()
  const sends = Array.from({ length: 30 }, (_, at) =>
    producer.send([{ topic, key: 'k', value: String(at) }]),
  )
  await Promise.all(sends)
  const there = await kafka.read({ topic, partition: 0 }, 0, 100)
  expect(there.map(({ value }) => Number(value))).toEqual([...sends.keys()])
})
