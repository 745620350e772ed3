import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Kafka } from '../kafka/kafka'
import { openScene, ordersNamed, until } from './testing/scene'

setDefaultTimeout(60_000)

test('records that are deleted as soon as the log has them are no loss', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  let meanwhile = async () => {}
  // What happens while somebody asks what the partitions hold.
  const spans: Kafka['spans'] = async (names) => {
    const work = meanwhile
    meanwhile = async () => {}
    await work()
    return kafka.spans(names)
  }
  const mirror = scene.mirror({ kafka: { ...kafka, spans } })
  await scene.produce(ordersNamed('a', 5))
  await scene.untilLogged(5)
  const purged = Promise.withResolvers<void>()
  meanwhile = async () => {
    await scene.produce(ordersNamed('b', 5))
    await scene.untilLogged(10)
    await kafka.trim(topics.created, 10)
    purged.resolve()
  }
  await purged.promise
  await scene.produce(ordersNamed('c', 5))
  await scene.untilLogged(15)
  await until(
    () => [...mirror.stats().lag.values()].every(({ records }) => records === 0),
    'no lag',
  )
  expect(mirror.stats().gaps).toBe(0)
})

test('a letter that its topic refuses does not have those before it sent again and again', async () => {
  await using scene = await openScene({ partitions: 1 })
  const { kafka, topics } = scene
  const limit = (bytes: string) =>
    kafka.admin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: topics.deadLetter,
            configEntries: [{ name: 'max.message.bytes', value: bytes }],
          },
        ],
      }),
    )
  await limit('5000')
  scene.mirror()
  await scene.produce(ordersNamed('a', 1))
  await scene.untilLogged(1)
  const texts = ['one', 'two', 'x'.repeat(9_000), 'four']
  const records = texts.map((value) => ({ topic: topics.created, key: null, value }))
  await kafka.producer().send(records)
  const isRefused = (line: string) => line.includes('dead letters cannot be sent')
  await until(() => scene.lines.some(isRefused), 'the refusal')
  // Others flow meanwhile; it is tried again and again.
  for (let count = 2; count < 20; count += 1) {
    await scene.produce(ordersNamed(`b-${count}`, 1, 2))
    await scene.untilLogged(count)
  }
  await limit('1000000')
  await until(async () => (await scene.letters()).length >= 4, 'the letters')
  const offsets = (await scene.letters()).map(({ source }) => source.offset)
  expect(offsets.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
})
