import { afterAll, beforeAll, expect, test } from 'bun:test'
import { freePort } from '../../scripts/services/ports'
import { type OwnBroker, startBroker } from './testing/broker'
import { startProxy } from './testing/proxy'
import { createRecorder, groupName, numbers, openTestKafka, until } from './testing/setup'

let broker: OwnBroker
let proxyPort: number

beforeAll(async () => {
  proxyPort = await freePort()
  const listeners = { PROXIED: { protocol: 'PLAINTEXT', advertised: proxyPort } }
  broker = await startBroker({ listeners })
}, 60_000)
afterAll(() => broker[Symbol.asyncDispose]())

test('answers that get lost do not let the next records vanish', async () => {
  await using proxy = await startProxy(broker.ports.PROXIED!, proxyPort)
  await using kafka = await openTestKafka(
    { brokers: [`127.0.0.1:${proxy.port}`] },
    // So that all tries are over before the answers get through again, and the first one goes out
    // without a look at leaders before it.
    { requestMs: 500, callMs: 20_000, metadataMs: 60_000 },
  )
  await using direct = await openTestKafka({ brokers: [broker.address] })
  const topic = await direct.topic()
  const producer = kafka.producer()
  const send = (...values: string[]) =>
    producer.send(values.map((value) => ({ topic, key: 'k', value })))
  await send('a')
  proxy.muted = true
  const lost: unknown = await send('b', 'c').catch((error: unknown) => error)
  expect(lost).toMatchObject({ code: 'kafka_unreachable', temporary: true })
  expect(proxy.swallowed).toBeGreaterThan(0)
  proxy.muted = false
  // As many as those whose answer was lost: with the same numbers they would pass for repeated.
  await send('d', 'e')
  const there = await direct.read({ topic, partition: 0 }, 0, 100)
  const values = there.map(({ value }) => String(value))
  expect(values.slice(-2)).toEqual(['d', 'e'])
  // They were there, unacknowledged: else this has shown nothing.
  expect([...new Set(values)]).toEqual(['a', 'b', 'c', 'd', 'e'])
}, 30_000)

test('a broker that stands still is given up on in time, and gone on with when it wakes', async () => {
  await using kafka = await openTestKafka(
    { brokers: [broker.address] },
    { requestMs: 500, callMs: 1_500 },
  )
  const topic = await kafka.topic()
  const recorder = createRecorder()
  kafka.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await kafka.fill(topic, 5)
  await until(() => recorder.seen.length === 5)
  broker.service.pause()
  try {
    const calls = [kafka.fill(topic, 1, 99), kafka.spans([topic]), kafka.offsetsAt(topic, 0)]
    const outcomes = await Promise.allSettled(calls)
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'kafka_unreachable' } })
  } finally {
    broker.service.resume()
  }
  await until(() => recorder.seen.includes('0:99') || recorder.asked.length > 1)
  await kafka.fill(topic, 1, 5)
  await until(() => recorder.seen.includes('0:5'))
}, 30_000)

test('a broker that is killed and started again: nothing acknowledged is lost, nothing hangs', async () => {
  await using kafka = await openTestKafka({ brokers: [broker.address] })
  const topic = await kafka.topic()
  const next = { offset: 0 }
  const misfits: number[] = []
  const consumer = kafka.consume(
    { groupId: groupName(), topics: [topic] },
    {
      assigned: async () => new Map([[`${topic}-0`, next.offset]]),
      async batch({ records }) {
        for (const { offset } of records) {
          if (offset !== next.offset) misfits.push(offset)
          next.offset = offset + 1
        }
      },
    },
  )
  await kafka.fill(topic, 10)
  await until(() => next.offset === 10)
  await broker.service.kill()
  const failure: unknown = await kafka.fill(topic, 1, 10).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'kafka_unreachable', temporary: true })
  const notMade: unknown = await kafka.ensureTopics(['t']).catch((error: unknown) => error)
  expect(notMade).toMatchObject({ code: 'kafka_unreachable', temporary: true })

  // Opened while it is down.
  await using later = await openTestKafka({ brokers: [broker.address] })
  const recorder = createRecorder()
  later.consume({ groupId: groupName(), topics: [topic] }, recorder)
  await until(() => later.lines.some(({ msg }) => msg.includes('ECONNREFUSED')))

  await broker.service.restart()
  await kafka.fill(topic, 5, 10)
  await until(() => recorder.seen.length >= 15)
  expect([...new Set(recorder.seen)]).toEqual([...numbers(0, 15)])
  await until(() => next.offset === recorder.seen.length)
  expect(misfits).toEqual([])
  expect(consumer.assignment()).toHaveLength(1)
  // Once for each change, not once for each try.
  const told = later.lines.filter(({ level }) => Number(level) >= 40)
  expect(told.length).toBeLessThan(8)
}, 90_000)
