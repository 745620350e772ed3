import { expect, setDefaultTimeout, test } from 'bun:test'
import { AppError } from '../errors'
import { openPostgres } from '../lib/database.postgres'
import { createLogger } from '../lib/logger'
import type { Projection } from '../orders/projection'
import { openPostgresProjection } from '../orders/projection.postgres'
import type { Order } from '../protocol/order'
import { freshDatabase } from '../testing/database.postgres'
import { isEvent, openScene, RETENTION_MS, until, type Scene } from './testing/scene'

setDefaultTimeout(60_000)

/** A shop whose orders another service owns. */
async function openForeignScene() {
  const stack = new AsyncDisposableStack()
  const place = stack.use(await freshDatabase())
  const logger = createLogger('silent')
  const database = await openPostgres(place.url, { poolSize: 4, logger })
  stack.defer(() => database.close())
  // Last, so that mirrors end before what they write to.
  const scene = stack.use(await openScene({ partitions: 2, settings: { orders: 'off' } }))
  const projection = openPostgresProjection(database, {
    currency: 'EUR',
    timeZone: 'UTC',
    customerFields: ['giftMessage'],
  })
  return {
    scene,
    projection,
    database,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const ITEMS = [{ productId: 7, name: 'Pen', quantity: 2, price: 1.25, costPrice: 0.4 }]

function created(orderId: string, more: Record<string, unknown> = {}) {
  return {
    orderId,
    userId: 'ann',
    items: ITEMS,
    subtotal: 2.5,
    tax: 0.48,
    total: 2.98,
    status: 'pending',
    createdAt: '2026-01-01T10:00:00Z',
    ...more,
  }
}

function send(
  { kafka, topics }: Scene,
  kind: 'created' | 'updated' | 'cancelled',
  values: readonly (Readonly<Record<string, unknown>> | string)[],
  timestamp?: number,
) {
  const records = values.map((value) => ({
    topic: topics[kind],
    key: typeof value === 'string' ? null : String(value.orderId),
    value: typeof value === 'string' ? value : JSON.stringify(value),
    ...(timestamp !== undefined && { timestamp }),
  }))
  return kafka.producer().send(records)
}

async function ordersOf(scene: Scene): Promise<(Order & { staffOnly: string })[]> {
  return (await scene.entries()).filter(isEvent).map(({ event }) => ({
    ...(JSON.parse(event.data) as Order),
    staffOnly: event.staffOnly,
  }))
}

/** Of each order the newest that the log tells. */
async function newestOf(scene: Scene): Promise<Map<string, Order>> {
  const newest = new Map<string, Order>()
  for (const order of await ordersOf(scene)) {
    if (order.version >= (newest.get(order.orderId)?.version ?? 0)) newest.set(order.orderId, order)
  }
  return newest
}

test('partial events of three topics become whole orders in the tables, then in the log', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  scene.mirror({ projection })
  await send(scene, 'cancelled', [
    { orderId: 'b', cancelledAt: '2026-01-02T00:00:00Z', reason: 'twice' },
  ])
  await send(scene, 'updated', [
    { orderId: 'a', status: 'shipped', updatedAt: '2026-01-03T00:00:00Z', fraudScore: 0.9 },
  ])
  await scene.untilLogged(2)
  await send(scene, 'created', [created('a', { giftMessage: 'Hi' }), 'poison', created('b')])
  await scene.untilLogged(4)
  const orders = await newestOf(scene)
  expect(orders.get('a')).toMatchObject({
    buyerId: 'ann',
    status: 'shipped',
    total: 298,
    items: [{ productId: '7', name: 'Pen', quantity: 2, unitPrice: 125, total: 250 }],
    extra: { giftMessage: 'Hi' },
    version: 2,
  })
  expect(orders.get('b')).toMatchObject({
    status: 'cancelled',
    reason: 'twice',
    total: 298,
    version: 2,
  })
  const entries = (await scene.entries()).filter(isEvent)
  expect(entries.every(({ event }) => !/fraudScore|costPrice/.test(event.data))).toBe(true)
  expect(entries.some(({ event }) => event.staffOnly.includes('"fraudScore":0.9'))).toBe(true)
  expect(entries.at(-1)?.event.customer).toBe('ann')
  await until(async () => (await scene.letters()).length > 0, 'the letter')
  expect((await scene.letters()).map(({ reason }) => reason)).toEqual(['not_json'])
})

test('what is older than the retention is projected, and not logged', async () => {
  await using place = await openForeignScene()
  const { scene, projection, database } = place
  const old = Date.now() - RETENTION_MS - 60_000
  await send(scene, 'created', [created('old'), created('older')], old)
  await send(scene, 'created', [created('young')])
  scene.mirror({ projection })
  await scene.untilLogged(1)
  await until(async () => (await countOrders(database)) === 3, 'all in the tables')
  expect((await ordersOf(scene)).map(({ orderId }) => orderId)).toEqual(['young'])
  await send(scene, 'updated', [{ orderId: 'old', status: 'shipped' }])
  await scene.untilLogged(2)
  expect((await ordersOf(scene)).at(-1)).toMatchObject({
    orderId: 'old',
    status: 'shipped',
    total: 298,
  })
})

async function countOrders({ query }: Awaited<ReturnType<typeof openForeignScene>>['database']) {
  const rows = await query(
    (sql) => sql<{ count: number }[]>`SELECT count(*)::int AS count FROM orders`,
  )
  return rows[0]?.count
}

test('a log that forgot is refilled from the topics, with the orders as they are', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  const mirror = scene.mirror({ projection })
  await send(scene, 'created', [created('a'), created('b')])
  await scene.untilLogged(2)
  await send(scene, 'updated', [{ orderId: 'a', status: 'shipped' }])
  await scene.untilLogged(3)
  const before = await newestOf(scene)
  await scene.command('FLUSHALL')
  await until(() => mirror.stats().rewinds > 0, 'the loss to be seen')
  await scene.untilLogged(3)
  expect(await newestOf(scene)).toEqual(before)
})

test('tables that are out of reach hold all up, and nothing is lost or logged before them', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  const door = { closed: true }
  const mirror = scene.mirror({
    projection: { ...wrap(projection), apply: behind(projection, door) },
  })
  await until(async () => (await scene.entries()).length > 0, 'the log to be open')
  await send(scene, 'created', [created('a'), created('b'), created('c')])
  await until(() => mirror.stats().stalledSince !== null, 'the stall to be told')
  expect(await scene.logged()).toEqual([])
  door.closed = false
  expect((await scene.untilLogged(3)).toSorted()).toEqual(['a@1', 'b@1', 'c@1'])
  await until(() => mirror.stats().stalledSince === null, 'the stall to end')
})

test('an event that the tables refuse alone becomes a dead letter; its neighbours flow', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  const refusing: Projection = {
    ...wrap(projection),
    apply: async (partition, records, expected) => {
      if (records.some(({ event }) => event?.orderId === 'bad')) {
        throw new AppError('invalid_text', 422, 'it cannot be kept')
      }
      return projection.apply(partition, records, expected)
    },
  }
  scene.mirror({ projection: refusing })
  const orderIds = ['a', 'b', 'bad', 'c', 'd']
  // One key, so that all are in one partition.
  const records = orderIds.map((orderId) => ({
    topic: scene.topics.created,
    key: 'k',
    value: JSON.stringify(created(orderId)),
  }))
  await scene.kafka.producer().send(records)
  expect(await scene.untilLogged(4)).toEqual(['a@1', 'b@1', 'c@1', 'd@1'])
  expect(await scene.letters()).toMatchObject([
    {
      reason: 'invalid',
      detail: "The orders' tables refuse it (it cannot be kept).",
      source: { offset: 2 },
    },
  ])
})

test('tables that lost their last commits get them again', async () => {
  await using place = await openForeignScene()
  const { scene, projection, database } = place
  const mirror = scene.mirror({ projection })
  await send(scene, 'created', [created('a')])
  await scene.untilLogged(1)
  const [before] = await projection.checkpoints()
  // As a backup of before the first event would leave them.
  await database.query((sql) => sql`DELETE FROM projection_checkpoints`)
  // The same key: the same partition.
  await send(scene, 'created', [created('a', { total: 5, version: 1 })])
  await scene.untilLogged(2)
  expect(mirror.stats()).toMatchObject({ gaps: 0 })
  expect(mirror.stats().rewinds).toBeGreaterThan(0)
  const after = (await projection.checkpoints()).get(before![0])
  expect(after?.offset).toBe(before![1].offset + 1)
  expect((await newestOf(scene)).get('a')).toMatchObject({ total: 500, version: 2 })
})

test('a topic that was made anew is projected from its start', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  const mirror = scene.mirror({ projection })
  await send(scene, 'created', [created('a'), created('b'), created('c')])
  await scene.untilLogged(3)
  await scene.recreate('created')
  await send(scene, 'created', [created('d')])
  await scene.untilLogged(4)
  expect(mirror.stats().gaps).toBeGreaterThan(0)
  expect((await newestOf(scene)).get('d')).toMatchObject({ total: 298, version: 1 })
  const offsets = [...(await projection.checkpoints()).values()].map(({ offset }) => offset)
  expect(offsets).toContain(0)
})

function wrap(projection: Projection): Projection {
  return {
    checkpoints: () => projection.checkpoints(),
    apply: (partition, records, expected) => projection.apply(partition, records, expected),
    reset: (partition, checkpoint) => projection.reset(partition, checkpoint),
  }
}

function behind(projection: Projection, door: { readonly closed: boolean }): Projection['apply'] {
  return async (partition, records, expected) => {
    if (door.closed) throw new AppError('store_unreachable', 503, 'no tables', { temporary: true })
    return projection.apply(partition, records, expected)
  }
}

test('events of transactions whose marks retention takes: no loss, neither in the log nor in the tables', async () => {
  await using place = await openForeignScene()
  const { scene, projection } = place
  const { kafka, topics } = scene
  const mirror = scene.mirror({ projection })
  const outcomes = ['commit', 'abort', 'commit', 'abort'] as const
  await kafka.transact(
    topics.created,
    outcomes.map((outcome, at) => {
      const value = JSON.stringify(created(`${at}`))
      return { outcome, key: `${at}`, value, partition: 0 }
    }),
  )
  await scene.untilLogged(2)
  const name = `${topics.created}-0`
  const end = (await kafka.spans([topics.created])).get(name)!.end
  const isThrough = async () => {
    const [{ checkpoints }, tables] = [await scene.log.state(), await projection.checkpoints()]
    return [checkpoints, tables].every((all) => all.get(name)?.offset === end - 1)
  }
  await until(isThrough, 'the checkpoints behind the last mark')
  await kafka.trim(topics.created, end)
  await mirror.stop()
  const next = scene.mirror({ projection })
  await kafka.producer().send(
    ['x', 'y', 'z'].map((id) => {
      return { topic: topics.created, key: id, value: JSON.stringify(created(id)) }
    }),
  )
  await scene.untilLogged(5)
  expect([...(await newestOf(scene)).keys()].toSorted()).toEqual(['0', '2', 'x', 'y', 'z'])
  expect([mirror.stats().gaps, next.stats().gaps]).toEqual([0, 0])
})
