import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Kafka } from '../kafka/kafka'
import {
  namesOf,
  openScene,
  ordersNamed,
  ownNewRecord,
  QUICK,
  until,
  type Scene,
} from './testing/scene'

setDefaultTimeout(60_000)

/** Kafka as it answers while one of its brokers does not know `topic` yet, or no longer. */
function forgetful(kafka: Kafka, topic: string) {
  const answers = { isAway: false, without: 0 }
  const spans: Kafka['spans'] = async (topics) => {
    const all = await kafka.spans(topics)
    if (!answers.isAway) return all
    answers.without += 1
    return new Map([...all].filter(([, span]) => span.topic !== topic))
  }
  return { answers, kafka: { ...kafka, spans } }
}

/** Nothing is gone that is back within a minute. */
const PATIENT = { ...QUICK, goneAfterMs: 60_000 }

test('a refill waits for a topic that a broker does not know for a moment', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { answers, kafka } = forgetful(scene.kafka, scene.topics.created)
  const mirror = scene.mirror({ kafka, pace: PATIENT })
  const updates = ordersNamed('updated', 5, 2)
  await scene.produce(updates)
  await scene.untilLogged(5)
  answers.isAway = true
  await scene.command('FLUSHALL')
  const created = ordersNamed('created', 10)
  await scene.log.open(new Map([[`${scene.topics.created}-0`, { start: 0, target: 9 }]]))
  await until(() => answers.without > 5, 'looks that do not find the topic')
  answers.isAway = false
  await scene.produce(created)
  const logged = await scene.untilLogged(15)
  expect(logged.toSorted()).toEqual(namesOf([...created, ...updates]).toSorted())
  expect(mirror.stats().gaps).toBe(0)
})

test('a log is not opened without a topic that a broker does not know for a moment', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { answers, kafka } = forgetful(scene.kafka, scene.topics.created)
  const mirror = scene.mirror({ kafka, pace: PATIENT })
  const orders = [...ordersNamed('a', 10), ...ordersNamed('a', 5, 2)]
  await scene.produce(orders)
  await scene.untilLogged(15)
  answers.isAway = true
  await scene.command('FLUSHALL')
  await until(() => answers.without > 5, 'looks that do not find the topic')
  expect((await scene.log.state()).opened).toBe(false)
  await until(() => mirror.stats().stalledSince !== null, 'the stall')
  expect(mirror.stats().lastError).toContain(scene.topics.created)
  answers.isAway = false
  expect((await scene.untilLogged(15)).toSorted()).toEqual(namesOf(orders).toSorted())
  expect(mirror.stats().gaps).toBe(0)
})

/** As another service sends them that writes in transactions: a mark follows each. */
function produceInTransactions(
  { topics, kafka }: Scene,
  outcomes: readonly ('commit' | 'abort')[],
) {
  const messages = outcomes.map((outcome, at) => {
    const { key, value, headers } = ownNewRecord(ordersNamed(`tx${at}`, 1)[0]!, topics)
    return { outcome, key, value, headers: { ...headers } }
  })
  return kafka.transact(topics.created, messages)
}

async function endOf({ kafka, topics }: Scene): Promise<number> {
  return (await kafka.spans([topics.created])).get(`${topics.created}-0`)!.end
}

test('marks of transactions that retention takes are no loss', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  const mirror = scene.mirror()
  await produceInTransactions(scene, ['commit', 'commit', 'abort', 'abort'])
  await scene.untilLogged(2)
  const isThrough = async () => {
    const checkpoint = (await scene.log.state()).checkpoints.get(`${topics.created}-0`)
    return (checkpoint?.offset ?? -1) + 1 === (await endOf(scene))
  }
  await until(isThrough, 'the checkpoint behind the last mark')
  await kafka.trim(topics.created, await endOf(scene))
  // While it runs, and for who comes later.
  await scene.produce(ordersNamed('b', 1))
  await scene.untilLogged(3)
  await mirror.stop()
  const next = scene.mirror()
  await scene.produce(ordersNamed('c', 1))
  expect(await scene.untilLogged(4)).toEqual(['tx0-0@1', 'tx1-0@1', 'b-0@1', 'c-0@1'])
  expect([mirror.stats().gaps, next.stats().gaps]).toEqual([0, 0])
})

test('nor are they where all that a partition ever held was taken back', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  const mirror = scene.mirror()
  await scene.produce(ordersNamed('a', 1, 2))
  await scene.untilLogged(1)
  await produceInTransactions(scene, ['abort', 'abort'])
  const isThrough = async () => (await scene.log.state()).checkpoints.has(`${topics.created}-0`)
  await until(isThrough, 'the checkpoint behind the last mark')
  await kafka.trim(topics.created, await endOf(scene))
  await mirror.stop()
  const next = scene.mirror()
  await scene.produce(ordersNamed('b', 1))
  expect(await scene.untilLogged(2)).toEqual(['a-0@2', 'b-0@1'])
  expect([mirror.stats().gaps, next.stats().gaps]).toEqual([0, 0])
})

test('a topic of transactions that was made anew is told, though marks are where records were', async () => {
  await using scene = await openScene({ partitions: 1 })
  const first = scene.mirror()
  await produceInTransactions(scene, ['commit', 'commit'])
  await scene.untilLogged(2)
  await first.stop()
  await scene.recreate('created')
  // The same offsets are marks in it.
  await scene.produce(ordersNamed('other', 1))
  await produceInTransactions(scene, ['abort', 'commit'])
  const second = scene.mirror()
  await scene.untilLogged(4)
  expect(second.stats().gaps).toBe(1)
})
