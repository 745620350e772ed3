import { expect, test } from 'bun:test'
import { AppError } from '../errors'
import { createRecorder, groupName, numbers, openTestKafka, until } from './testing/setup'

const fresh = () => `t-${crypto.randomUUID().slice(0, 13)}`

test('missing topics are made, by one of several who try at once', async () => {
  await using kafka = await openTestKafka({ partitions: 3 })
  const topics = [fresh(), fresh(), fresh()]
  await kafka.ensureTopics([topics[0]!])
  const made = await Promise.all([
    kafka.ensureTopics(topics),
    kafka.ensureTopics(topics),
    kafka.ensureTopics(topics),
  ])
  expect(made.flat().toSorted()).toEqual(topics.slice(1).toSorted())
  const spans = await kafka.spans([...topics, fresh()])
  expect(spans.size).toBe(9)
  expect(spans.get(`${topics[2]}-1`)).toEqual({
    topic: topics[2]!,
    partition: 1,
    earliest: 0,
    end: 0,
  })
})

test('a topic that cannot be made is told why', async () => {
  await using kafka = await openTestKafka({ replicationFactor: 3 })
  const failure = await kafka.ensureTopics([fresh()]).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(AppError)
  expect(failure).toMatchObject({ code: 'kafka_unreachable', temporary: true })
  expect(String(failure)).toContain('Replication-factor is invalid')
})

test('spans, offsets by time and records are read without a group', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const producer = kafka.producer()
  const values = Array.from({ length: 30 }, (_, at) => String(at))
  await producer.send(
    values.map((value, at) => ({
      topic,
      key: `k${at}`,
      value: at === 5 ? null : value,
      headers: { kind: 'created', raw: Buffer.from([0xff, 0]) },
      timestamp: 1_000 + at,
    })),
  )
  const name = `${topic}-0`
  const at = async (timestamp: number) => (await kafka.offsetsAt(topic, timestamp)).get(name)
  expect([await at(0), await at(1_010), await at(1_029), await at(5_000)]).toEqual([0, 10, 29, 30])
  const records = await kafka.read({ topic, partition: 0 }, 4, 3)
  expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
    [4, 1_004],
    [5, 1_005],
    [6, 1_006],
  ])
  expect(records[1]).toMatchObject({ key: Buffer.from('k5'), value: null })
  expect(records[0]!.headers).toEqual({
    kind: Buffer.from('created'),
    raw: Buffer.from([0xff, 0]),
  })
  expect(await kafka.read({ topic, partition: 0 }, 30, 10)).toEqual([])
  await kafka.trim(topic, 20)
  expect((await kafka.spans([topic])).get(name)).toMatchObject({ earliest: 20, end: 30 })
  const left = await kafka.read({ topic, partition: 0 }, 4, 100)
  expect(left.map(({ offset }) => offset)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
  const nowhere = kafka.read({ topic, partition: 9 }, 0, 1)
  expect(await nowhere.catch((error: unknown) => error)).toMatchObject({
    code: 'no_such_partition',
  })
})

test('the offset of a time is never behind a record of that time which comes meanwhile', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const producer = kafka.producer()
  for (let offset = 0; offset < 60; offset++) {
    const timestamp = 1_000 + offset
    const sent = producer.send([{ topic, key: null, value: '', timestamp }])
    const asked = Array.from({ length: 4 }, () => kafka.offsetsAt(topic, timestamp))
    const found = (await Promise.all(asked)).map((offsets) => offsets.get(`${topic}-0`))
    expect(found.filter((each) => each! > offset)).toEqual([])
    await sent
  }
})

test('an offset that is gone is never jumped over: assigned() is asked again', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  await kafka.fill(topic, 10)
  await kafka.trim(topic, 6)
  const places = [2, 99, 6]
  const recorder = createRecorder({ place: () => places.shift()! })
  kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => recorder.seen.length === 4)
  expect(recorder.seen).toEqual([...numbers(6, 10)])
  expect(recorder.asked).toHaveLength(3)
})

test('a topic that is deleted and made again is read from where assigned() says', async () => {
  await using kafka = await openTestKafka()
  const [topic, other] = [await kafka.topic(), await kafka.topic()]
  await kafka.fill(topic, 10)
  await kafka.fill(other, 1)
  const recorder = createRecorder({
    place: async ({ topic: of }) => {
      const span = (await kafka.spans([of])).get(`${of}-0`)
      if (!span) throw new Error('no such topic')
      return span.earliest
    },
  })
  kafka.consume({ groupId: groupName(), topics: [topic, other] }, recorder)
  await until(() => recorder.seen.length === 11)
  const asked = recorder.asked.length
  await kafka.admin((admin) => admin.deleteTopics({ topics: [topic] }))
  await until(() => recorder.asked.length > asked)
  // The other topic is read on meanwhile.
  await kafka.fill(other, 1, 1)
  await until(() => recorder.seen.length === 12)
  expect(await kafka.spans([topic])).toEqual(new Map())
  await kafka.ensureTopics([topic])
  await kafka.fill(topic, 3, 100)
  await until(() => recorder.seen.length === 15)
  expect(recorder.seen.slice(-3)).toEqual([...numbers(100, 103)])
  // At once, so that the topic is never missing for those who look.
  await kafka.admin(async (admin) => {
    await admin.deleteTopics({ topics: [topic] })
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  })
  await kafka.fill(topic, 1, 200)
  await until(() => recorder.seen.at(-1) === '0:200')
})

test('topics that do not exist yet are waited for', async () => {
  await using kafka = await openTestKafka()
  const [there, missing] = [await kafka.topic(), fresh()]
  const recorder = createRecorder()
  const consumer = kafka.consume({ groupId: groupName(), topics: [there, missing] }, recorder)
  await until(() => kafka.lines.some(({ msg }) => msg === `waits for the topics ${missing}`))
  expect(consumer.assignment()).toEqual([])
  await kafka.ensureTopics([missing])
  await kafka.fill(missing, 1)
  await until(() => recorder.seen.length === 1)
  const told = kafka.lines.filter(({ msg }) => msg.startsWith('waits for'))
  expect(told).toHaveLength(1)
})

test('partitions that are added are read too', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const recorder = createRecorder()
  const consumer = kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => consumer.assignment().length === 1)
  await kafka.admin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }))
  await until(() => consumer.assignment().length === 3)
  const producer = kafka.producer()
  await producer.send(
    Array.from({ length: 30 }, (_, at) => ({ topic, key: `k${at}`, value: String(at) })),
  )
  await until(() => recorder.seen.length === 30)
})
