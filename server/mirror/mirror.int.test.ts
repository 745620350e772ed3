import { describe, expect, test } from 'bun:test'
import { AppError } from '../errors'
import type { Kafka } from '../kafka/kafka'
import { serializeOrder } from '../orders/order-event'
import { orderAt } from '../testing/arbitraries'
import { isEvent, namesOf, openScene, ordersNamed, until, type Scene } from './testing/scene'

test('orders come through byte for byte, each once, in the order of their key', async () => {
  await using scene = await openScene()
  const mirror = scene.mirror()
  const orders = [1, 2, 3, 5].flatMap((version) => ordersNamed('a', 50, version))
  await scene.produce(orders)
  const logged = await scene.untilLogged(orders.length)
  expect(logged.toSorted()).toEqual(namesOf(orders).toSorted())
  const updates = logged.filter((name) => name.startsWith('a-7@') && /@[23]$/.test(name))
  expect(updates).toEqual(['a-7@2', 'a-7@3'])

  const events = (await scene.entries()).filter(isEvent)
  const entry = events.find(
    ({ event: { name, data } }) => name === 'created' && data.includes('"a-7"'),
  )!
  expect(entry.event).toEqual({
    name: 'created',
    customer: 'alice',
    data: serializeOrder(orderAt('a-7', 1)),
    staffOnly: '',
  })
  expect(Math.abs(Date.now() - entry.committedAt)).toBeLessThan(60_000)
  await until(() => !mirror.stats().refilling && hasNoLag(mirror.stats().lag), 'no lag')
  expect(mirror.stats()).toMatchObject({
    appended: orders.length,
    gaps: 0,
    refilling: false,
    measuredAt: expect.any(Number),
    stalledSince: null,
    lastError: null,
    lastErrorAt: null,
  })
})

function hasNoLag(lag: ReadonlyMap<string, { readonly records: number }>): boolean {
  return lag.size > 0 && [...lag.values()].every(({ records }) => records === 0)
}

test('a restart goes on where the log is, without loss or repetition', async () => {
  await using scene = await openScene()
  const first = scene.mirror()
  await scene.produce(ordersNamed('a', 30))
  await scene.untilLogged(30)
  await first.stop()
  await scene.produce(ordersNamed('b', 30))
  const second = scene.mirror()
  const logged = await scene.untilLogged(60)
  expect(logged.length).toBe(60)
  expect(new Set(logged).size).toBe(60)
  expect(second.stats()).toMatchObject({ appended: 30, gaps: 0 })
})

test('mirrors share the partitions, and take over from each other', async () => {
  await using scene = await openScene({ partitions: 3 })
  const first = scene.mirror()
  await scene.produce(ordersNamed('a', 100))
  await scene.untilLogged(100)
  const second = scene.mirror()
  let produced = 100
  await until(async () => {
    await scene.produce(ordersNamed(`b${produced}`, 50))
    produced += 50
    return second.stats().appended > 0
  }, 'the second to take part')
  await first.stop()
  await scene.produce(ordersNamed('c', 100))
  const logged = await scene.untilLogged(produced + 100)
  expect(logged.length).toBe(produced + 100)
  expect(new Set(logged).size).toBe(logged.length)
  expect(first.stats().appended + second.stats().appended).toBe(logged.length)
}, 30_000)

describe('poison records', () => {
  test('of each kind become letters with source and reason; their neighbours flow', async () => {
    await using scene = await openScene({ partitions: 1, settings: { maxEventBytes: 2_000 } })
    const [before, after] = [ordersNamed('before', 3), ordersNamed('after', 3)]
    await scene.produce(before)
    await scene.produce([orderAt('x', 1)], { value: '{"cut' })
    await scene.produce([orderAt('x', 1)], { value: '{"orderId":"x"}' })
    await scene.produce([{ ...orderAt('x', 1), reason: 'x'.repeat(2_000) }])
    await scene.produce([orderAt('x', 1)], { headers: { ce_source: '/another' } })
    await scene.produce([orderAt('x', 1)], { value: null })
    await scene.produce(after)
    const mirror = scene.mirror()
    expect(await scene.untilLogged(6)).toEqual(namesOf([...before, ...after]))
    const letters = await scene.letters()
    expect(letters.map(({ reason, source }) => `${source.offset} ${reason}`).toSorted()).toEqual([
      '3 not_json',
      '4 invalid',
      '5 too_big',
      '6 foreign',
    ])
    expect(letters.find(({ reason }) => reason === 'not_json')).toMatchObject({
      source: { topic: scene.topics.created, partition: 0 },
      detail: expect.stringContaining('not JSON'),
      key: Buffer.from('x'),
      value: Buffer.from('{"cut'),
      whole: true,
    })
    expect(mirror.stats().deadLetters).toEqual({
      not_json: 1,
      invalid: 1,
      too_big: 1,
      foreign: 1,
      unknown_type: 0,
    })
    await mirror.stop()
    scene.mirror()
    await scene.produce(ordersNamed('later', 1))
    await scene.untilLogged(7)
    expect((await scene.letters()).length).toBe(4)
  })

  test('of an unknown kind, where one topic holds all', async () => {
    await using scene = await openScene({ partitions: 1 })
    const mirror = scene.mirror({
      settings: {
        ...scene.settings,
        topics: {
          kind: 'one',
          name: scene.topics.created,
          typeHeader: 'ce_type',
          types: new Map([['order.created', 'created']]),
        },
      },
    })
    const { created: topic } = scene.topics
    await scene.produce([orderAt('a', 1), orderAt('a', 2), orderAt('b', 1)], { topic })
    expect(await scene.untilLogged(2)).toEqual(['a@1', 'b@1'])
    expect(mirror.stats().deadLetters.unknown_type).toBe(1)
  })

  test('that cannot be sent on hold up their own partition and no other', async () => {
    await using scene = await openScene({ partitions: 1 })
    const door = { closed: true }
    const mirror = scene.mirror({ kafka: withoutLetters(scene.kafka, door) })
    // A log that refills shows nothing until all of it is there.
    await until(async () => (await scene.entries()).length > 0, 'the log to be open')
    await scene.produce([orderAt('x', 1)], { value: 'poison' })
    await scene.produce([...ordersNamed('held', 5), ...ordersNamed('free', 5, 2)])
    expect((await scene.untilLogged(5)).toSorted()).toEqual(namesOf(ordersNamed('free', 5, 2)))
    await until(() => mirror.stats().stalledSince !== null, 'the stall to be told')
    expect(mirror.stats().lastError).toBe('no letters')
    // As much again as all the others took; nothing of it may come.
    await scene.produce(ordersNamed('freer', 5, 2))
    await scene.untilLogged(10)
    expect((await scene.logged()).filter((name) => name.startsWith('held'))).toEqual([])
    door.closed = false
    const logged = await scene.untilLogged(15)
    expect(logged.slice(10)).toEqual(namesOf(ordersNamed('held', 5)))
    expect((await scene.letters()).length).toBe(1)
    await until(() => mirror.stats().stalledSince === null, 'the stall to end')
  }, 30_000)
})

/** Where the topic of dead letters cannot be written to while the door is closed. */
function withoutLetters(kafka: Scene['kafka'], door: { readonly closed: boolean }): Kafka {
  return {
    ...kafka,
    producer() {
      const producer = kafka.producer()
      return {
        send: async (records) => {
          if (door.closed)
            throw new AppError('kafka_unreachable', 503, 'no letters', { temporary: true })
          await producer.send(records)
        },
      }
    },
  }
}

test('a silent log is proved to be alive, and a lag is told', async () => {
  await using scene = await openScene()
  scene.mirror()
  const beats = async () => (await scene.entries()).filter(({ kind }) => kind === 'beat')
  await until(async () => (await beats()).length > 0, 'a beat')
  const [beat] = await beats()
  expect(beat).toMatchObject({ kind: 'beat', note: expect.stringMatching(/^\d{1,3}$/) })
}, 30_000)

test('topics of another service are waited for, and not made', async () => {
  await using scene = await openScene()
  const { deadLetter } = scene.topics
  const names = {
    created: `${deadLetter}-a`,
    updated: `${deadLetter}-b`,
    cancelled: `${deadLetter}-c`,
  }
  const mirror = scene.mirror({
    settings: { ...scene.settings, orders: 'off', topics: { kind: 'three', names } },
  })
  await until(() => scene.lines.some((line) => line.includes('waiting for topics')), 'the line')
  expect((await scene.kafka.spans(Object.values(names))).size).toBe(0)
  await scene.kafka.ensureTopics(Object.values(names))
  await until(() => mirror.stats().lag.size > 0, 'it to begin')
})

test('what is known of the lag is of the last time that Kafka answered', async () => {
  await using scene = await openScene()
  let isAway = false
  const spans: Kafka['spans'] = async (topics) => {
    if (isAway) throw new AppError('kafka_unreachable', 503, 'Kafka is away.', { temporary: true })
    return scene.kafka.spans(topics)
  }
  const mirror = scene.mirror({ kafka: { ...scene.kafka, spans } })
  await until(() => mirror.stats().measuredAt !== null, 'the first look')
  isAway = true
  await until(() => mirror.stats().lastErrorAt !== null, 'the failure')
  const { measuredAt, lastError, lastErrorAt } = mirror.stats()
  expect(lastError).toBe('Kafka is away.')
  await until(() => mirror.stats().lastErrorAt! > lastErrorAt!, 'another failure')
  expect(mirror.stats().measuredAt).toBe(measuredAt)
  isAway = false
  await until(() => mirror.stats().measuredAt! > measuredAt!, 'a look')
})
