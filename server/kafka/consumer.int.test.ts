import { expect, test } from 'bun:test'
import { within } from '../testing/within'
import type { Consumer, FetchedBatch } from './kafka'
import { createRecorder, groupName, numbers, openTestKafka, until } from './testing/setup'

test('nothing is delivered before assigned() has answered, then all from there on', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  await kafka.fill(topic, 20)
  const answer = Promise.withResolvers<number>()
  const recorder = createRecorder({ place: () => answer.promise })
  const consumer = kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => recorder.asked.length > 0)
  expect(consumer.assignment()).toEqual([{ topic, partition: 0 }])
  expect(consumer.position({ topic, partition: 0 })).toBeNull()
  // Long enough for several fetches.
  await kafka.fill(topic, 1, 20)
  await kafka.read({ topic, partition: 0 }, 0, 100)
  expect(recorder.seen).toEqual([])
  answer.resolve(7)
  await until(() => recorder.seen.length === 14)
  expect(recorder.seen).toEqual([...numbers(7, 21)])
  expect(recorder.asked).toEqual([[`${topic}-0`]])
  expect(recorder.batches.at(-1)!.end).toBe(21)
  expect(consumer.fetchedAt()).toBeGreaterThan(0)
  await until(() => consumer.position({ topic, partition: 0 }) === 21)
})

test('assigned() is asked again when it rejects, or does not know all', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  await kafka.fill(topic, 3)
  let tries = 0
  const recorder = createRecorder()
  const { assigned } = recorder
  kafka.consume(
    { groupId: groupName(), topics: [topic] },
    {
      ...recorder,
      assigned: async (partitions) => {
        tries++
        if (tries === 1) throw new Error('the log is away')
        return tries === 2 ? new Map() : assigned(partitions)
      },
    },
  )
  await until(() => recorder.seen.length === 3)
  expect(tries).toBe(3)
  expect(kafka.lines.some(({ msg }) => msg.startsWith('where to go on could not'))).toBe(true)
})

test('a seek makes what was fetched stale, from inside batch() too', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  await kafka.fill(topic, 10)
  const stale: boolean[] = []
  const consumer: Consumer = kafka.consume(
    { groupId: groupName(), topics: [topic] },
    createRecorder({
      batch: async (batch) => {
        seen.push(...batch.records.map(({ offset }) => offset))
        if (stale.length === 0) {
          stale.push(batch.isStale())
          consumer.seek(batch, 4)
        }
        stale.push(batch.isStale())
        // What a seek left behind is not gone on with, even where the handler resolves late.
        await kafka.spans([topic])
      },
    }),
  )
  const seen: number[] = []
  await until(() => seen.length === 16)
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 5, 6, 7, 8, 9])
  expect(stale).toEqual([false, true, false])
  consumer.seek({ topic, partition: 0 }, 9)
  await until(() => seen.length === 17)
  expect(seen.at(-1)).toBe(9)
})

test('a rejected batch comes again, and holds up its partition alone', async () => {
  await using kafka = await openTestKafka({ partitions: 2 })
  const topic = await kafka.topic(2)
  const producer = kafka.producer()
  const send = (keys: readonly string[]) =>
    producer.send(keys.map((key) => ({ topic, key, value: key })))
  const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)
  await send(keys)
  let poisoned = true
  let rejected = 0
  const recorder = createRecorder({
    batch: ({ partition }) => {
      if (partition !== 0 || !poisoned) return
      rejected++
      throw new Error('poison')
    },
  })
  kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  const of = (partition: number) => recorder.seen.filter((one) => one.startsWith(`${partition}:`))
  await until(() => rejected >= 4)
  const others = of(1).length
  expect(others).toBeGreaterThan(0)
  await send(keys)
  await until(() => of(1).length === others * 2)
  const held = recorder.batches.filter(({ partition }) => partition === 0)
  expect(new Set(held.map(({ records }) => records[0]!.offset))).toEqual(new Set([0]))
  poisoned = false
  const ends = (await kafka.spans([topic])).get(`${topic}-0`)!.end
  const last = () => recorder.batches.findLast(({ partition }) => partition === 0)
  await until(() => last()!.records.at(-1)!.offset === ends - 1)
  const offsets = recorder.batches
    .slice(recorder.batches.indexOf(held.at(-1)!))
    .filter(({ partition }) => partition === 0)
    .flatMap(({ records }) => records.map(({ offset }) => offset))
  expect(new Set(offsets).size).toBe(ends)
})

test('a handler that stalls for longer than the session keeps its membership', async () => {
  await using kafka = await openTestKafka({}, { sessionMs: 1_000, heartbeatMs: 100 })
  const topic = await kafka.topic()
  await kafka.fill(topic, 1)
  const released = Promise.withResolvers<void>()
  let first: FetchedBatch | undefined
  const recorder = createRecorder({
    batch: (batch) => {
      first ??= batch
      return released.promise
    },
  })
  const startedAt = performance.now()
  kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => first !== undefined)
  await kafka.fill(topic, 2, 1)
  await until(() => performance.now() - startedAt > 3_500)
  expect(first!.isStale()).toBe(false)
  released.resolve()
  await until(() => recorder.seen.length === 3)
  expect(recorder.seen).toEqual([...numbers(0, 3)])
  expect(recorder.asked).toHaveLength(1)
})

test('what waits is bounded by bytes, over all partitions', async () => {
  const heldBytes = 400_000
  await using kafka = await openTestKafka(
    {},
    { heldBytes, fetchPartitionBytes: 100_000, batchBytes: 10_000_000 },
  )
  const topic = await kafka.topic()
  const producer = kafka.producer()
  const value = 'x'.repeat(10_000)
  for (let part = 0; part < 10; part++)
    await producer.send(Array.from({ length: 20 }, () => ({ topic, key: null, value })))
  const released = Promise.withResolvers<void>()
  const recorder = createRecorder({ batch: () => released.promise })
  const consumer = kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => recorder.batches.length === 1)
  // Nothing is asked for any more.
  await until(() => Date.now() - consumer.fetchedAt() > 500)
  released.resolve()
  await until(() => recorder.seen.length === 200)
  const [handled, waited] = recorder.batches.map(({ records }) => records.length * value.length)
  expect(handled! + waited!).toBeLessThanOrEqual(heldBytes)
  expect(handled! + waited!).toBeGreaterThan(heldBytes / 4)
})

test('what was committed is told to the group, now and then and when it stops', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const groupId = groupName()
  await kafka.fill(topic, 5)
  const consumer: Consumer = kafka.consume(
    { groupId, topics: [topic] },
    createRecorder({
      batch: (batch) => consumer.commit(batch, batch.records.at(-1)!.offset + 1),
    }),
  )
  const committed = () =>
    kafka.admin(async (admin) => {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      return found!.partitions[0]!.offset
    })
  await until(() => consumer.position({ topic, partition: 0 }) === 5)
  while ((await committed()) !== '5') await Bun.sleep(20)
  await kafka.fill(topic, 5, 5)
  await until(() => consumer.position({ topic, partition: 0 }) === 10)
  await consumer.stop()
  expect(await committed()).toBe('10')
  const members = await kafka.admin((admin) => admin.describeGroups([groupId]))
  expect(members.groups[0]!.members).toEqual([])
})

test('a stop makes batches stale, and waits for their handlers within bounds', async () => {
  await using kafka = await openTestKafka({}, { stopMs: 300 })
  const topic = await kafka.topic()
  await kafka.fill(topic, 1)
  const recorder = createRecorder({ batch: () => new Promise(() => {}) })
  const consumer = kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => recorder.batches.length === 1)
  await within(consumer.stop(), 'the stop')
  expect(recorder.batches[0]!.isStale()).toBe(true)
})

test('of transactions only what was committed is read; a partition is through behind their marks', async () => {
  await using kafka = await openTestKafka()
  const topic = await kafka.topic()
  const recorder = createRecorder()
  const consumer = kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await kafka.transact(topic, [
    { value: 'a', outcome: 'commit' },
    { value: 'b', outcome: 'abort' },
    { value: 'c', outcome: 'commit' },
    { value: 'd', outcome: 'abort' },
  ])
  const end = (await kafka.spans([topic])).get(`${topic}-0`)!.end
  expect(end).toBe(8)
  await until(() => consumer.position({ topic, partition: 0 }) === end)
  expect(recorder.seen).toEqual(['0:a', '0:c'])
  const there = await kafka.read({ topic, partition: 0 }, 0, 100)
  expect(there.map(({ value }) => String(value))).toEqual(['a', 'c'])
})
