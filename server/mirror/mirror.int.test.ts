import { expect, test } from 'bun:test'
import { serializeOrder } from '../orders/order-event'
import { orderAt } from '../testing/arbitraries'
import { isEvent, namesOf, openScene, ordersNamed, until } from './testing/scene'

test('orders come through byte for byte, each once, in the order of their key', async () => {
  await using scene = await openScene()
  const mirror = scene.mirror()
  const orders = [
    ...ordersNamed('a', 50),
    ...ordersNamed('a', 50, 2),
    ...ordersNamed('a', 50, 3),
    ...ordersNamed('a', 50, 5),
  ]
  await scene.produce(orders)
  const logged = await scene.untilLogged(orders.length)
  expect(logged.toSorted()).toEqual(namesOf(orders).toSorted())
  const updates = logged.filter((name) => name.startsWith('a-7@') && /@[23]$/.test(name))
  expect(updates).toEqual(['a-7@2', 'a-7@3'])

  const entry = (await scene.entries())
    .filter(isEvent)
    .find(({ event }) => event.data.includes('"a-7"'))!
  expect(entry.event).toEqual({
    name: 'created',
    customer: 'alice',
    data: serializeOrder(orderAt('a-7', 1)),
    staffOnly: '',
  })
  expect(Math.abs(Date.now() - entry.committedAt)).toBeLessThan(60_000)
  await until(() => !mirror.stats().refilling, 'the first look')
  expect(mirror.stats()).toMatchObject({ appended: orders.length, gaps: 0, stalledSince: null })
  await until(
    () => [...mirror.stats().lag.values()].every(({ records }) => records === 0),
    'no lag',
  )
})

test('a restart goes on where the log is, without loss or repetition', async () => {
  await using scene = await openScene()
  const first = scene.mirror()
  await scene.produce(ordersNamed('a', 30))
  await scene.untilLogged(30)
  await first.stop()
  await scene.produce(ordersNamed('b', 30))
  const second = scene.mirror()
  const logged = await scene.untilLogged(60)
  expect(new Set(logged).size).toBe(60)
  expect(logged.length).toBe(60)
  expect(second.stats()).toMatchObject({ appended: 30, gaps: 0 })
})
