import { expect, setDefaultTimeout, test } from 'bun:test'
import { namesOf, openScene, ordersNamed, until, type Scene } from './testing/scene'

setDefaultTimeout(60_000)

/** The log waits for records that are in Kafka, and whoever opened it is gone before he read them. */
async function openRefilling(scene: Scene, orders: number, partition: string): Promise<void> {
  await scene.produce(ordersNamed('old', orders))
  await scene.log.open(new Map([[partition, { start: 0, target: orders - 1 }]]))
}

async function untilRefilled(scene: Scene): Promise<void> {
  await until(async () => (await scene.log.state()).refill.size === 0, 'the end of the refill')
}

test('a refill ends whose records retention took before anybody read them', async () => {
  await using scene = await openScene({ partitions: 1 })
  await openRefilling(scene, 10, `${scene.topics.created}-0`)
  await scene.kafka.trim(scene.topics.created, 10)
  scene.mirror()
  await untilRefilled(scene)
  const later = ordersNamed('new', 3)
  await scene.produce(later)
  expect(await scene.untilLogged(3)).toEqual(namesOf(later))
})

test('a refill ends whose topic is another one by then', async () => {
  await using scene = await openScene({ partitions: 1 })
  await openRefilling(scene, 10, `${scene.topics.created}-0`)
  await scene.recreate('created')
  const later = ordersNamed('new', 3)
  await scene.produce(later)
  scene.mirror()
  await untilRefilled(scene)
  expect(await scene.untilLogged(3)).toEqual(namesOf(later))
})

test('a refill ends of which one partition is not there any more', async () => {
  await using scene = await openScene({ partitions: 1 })
  await openRefilling(scene, 10, `${scene.topics.created}-7`)
  scene.mirror()
  await untilRefilled(scene)
  expect((await scene.untilLogged(10)).length).toBe(10)
})
