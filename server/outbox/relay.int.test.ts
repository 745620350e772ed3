import { expect, test } from 'bun:test'
import { AppError } from '../errors'
import type { Producer } from '../kafka/kafka'
import { orderAt } from '../testing/arbitraries'
import { eventually } from '../testing/socket-server'
import { writeToOutbox } from './outbox.postgres'
import { expectComplete, openShop, type Shop } from './testing/shop'

const NEVER_MS = 3_600_000

/** Some writers at once, each with orders of its own in several versions. */
async function writeMuch(
  shop: Shop,
  writers: number,
  orders: number,
): Promise<Map<string, number>> {
  const written = new Map<string, number>()
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let number = 0; number < orders; number++) {
        const orderId = `order-${writer}-${number}`
        written.set(orderId, 1 + (number % 4))
        for (let version = 1; version <= 1 + (number % 4); version++)
          await shop.write(orderId, version)
      }
    }),
  )
  return written
}

function totalOf(written: ReadonlyMap<string, number>): number {
  return [...written.values()].reduce((sum, versions) => sum + versions, 0)
}

/** A producer whose Kafka can be taken away. */
function cuttable(producer: Producer) {
  const valve = { cut: false, attempts: 0 }
  const send: Producer['send'] = async (records) => {
    valve.attempts++
    if (valve.cut) throw new AppError('kafka_unreachable', 503, 'cut off', { temporary: true })
    return producer.send(records)
  }
  return { valve, producer: { send } }
}

test('everything that was committed is sent once, in the order of each order', async () => {
  await using shop = await openShop()
  const relay = shop.relay()
  const written = await writeMuch(shop, 6, 40)
  await shop.untilEmpty()
  const sent = await shop.sent()
  expectComplete(sent, written)
  const total = totalOf(written)
  expect(sent.length).toBe(total)
  expect(relay.stats()).toMatchObject({ holding: true, sent: total, parked: 0, failures: 0 })

  const { headers, key, topic } = sent.find(({ order }) => order.version === 1)!
  expect(key?.toString()).toStartWith('order-')
  expect(topic).toBe(shop.topics.names.created)
  expect(headers.ce_id?.toString()).toBe(`${key?.toString()}@1`)
})

test('two relays at once do no harm', async () => {
  await using shop = await openShop()
  // Neither believes that the other holds the lease.
  const outbox = { ...shop.outbox, lease: async () => true }
  shop.relay({ outbox, limits: { readRows: 7 } })
  shop.relay({ outbox, limits: { readRows: 11 } })
  const written = await writeMuch(shop, 6, 30)
  await shop.untilEmpty()
  expectComplete(await shop.sent(), written)
})

test('rows that commit behind later ones are sent', async () => {
  await using shop = await openShop()
  shop.relay()
  const held = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const slow = shop.database.transact(async (tx) => {
    await writeToOutbox(tx, { name: 'created' }, orderAt('slow', 1))
    begun.resolve()
    await held.promise
  })
  await begun.promise
  await shop.write('quick', 1, 2)
  await shop.untilEmpty()
  held.resolve()
  await slow
  const sent = await shop.untilSent((all) => all.some(({ order }) => order.orderId === 'slow'))
  expectComplete(
    sent,
    new Map([
      ['quick', 2],
      ['slow', 1],
    ]),
  )
  expect(sent.length).toBe(3)
})

test('a row wakes the relay; one that nobody told of is found by looking', async () => {
  await using shop = await openShop()
  const relay = shop.relay({ limits: { pollMs: NEVER_MS } })
  await eventually(() => relay.stats().holding)
  for (let number = 0; number < 5; number++) {
    await shop.write(`order-${number}`, 1)
    await shop.untilEmpty()
  }
  await relay.stop()

  shop.relay({
    outbox: { ...shop.outbox, listen: async () => {} },
    limits: { pollMs: 20 },
  })
  await shop.write('silent', 1)
  await shop.untilEmpty()
})

test('a busy relay looks by itself, and is woken again when it gets quiet', async () => {
  await using shop = await openShop()
  const asked: boolean[] = []
  const outbox = {
    ...shop.outbox,
    async wakeUps(holder: string, on: boolean) {
      asked.push(on)
      await shop.outbox.wakeUps(holder, on)
    },
  }
  const relay = shop.relay({ outbox, limits: { pollMs: NEVER_MS } })
  await eventually(() => relay.stats().holding)
  const written = await writeMuch(shop, 8, 20)
  await shop.untilEmpty()
  expectComplete(await shop.sent(), written)
  await eventually(() => asked.join() === 'true,false,true')
  await shop.write('late', 1)
  await shop.untilEmpty()
})

test('while Kafka is away orders are written, and sent when it is back', async () => {
  await using shop = await openShop()
  const { valve, producer } = cuttable(shop.kafka.producer())
  valve.cut = true
  const relay = shop.relay({ producer })
  const written = await writeMuch(shop, 4, 20)
  await eventually(() => relay.stats().failures >= 3)
  await eventually(() => relay.stats().backlog?.unsent === totalOf(written))
  expect(relay.stats()).toMatchObject({ sent: 0, holding: true })
  expect(relay.stats().backlog!.oldestAt).toBeGreaterThan(Date.now() - 60_000)
  // Neither a line for each attempt, nor an attempt for each order.
  expect(shop.logged).toEqual(['the relay cannot go on'])
  expect(valve.attempts).toBeLessThan(10)

  valve.cut = false
  await shop.untilEmpty()
  expectComplete(await shop.sent(), written)
  expect(relay.stats().failures).toBe(valve.attempts - 1)
})

test('what Kafka acknowledged and the store did not hear of is not sent again', async () => {
  await using shop = await openShop()
  let failing = 3
  const markSent = async (seqs: readonly number[]) => {
    if (failing-- > 0) throw new AppError('store_unreachable', 503, 'away', { temporary: true })
    return shop.outbox.markSent(seqs)
  }
  const relay = shop.relay({ outbox: { ...shop.outbox, markSent } })
  await shop.write('order-1', 1, 2, 3)
  await shop.untilEmpty()
  const sent = await shop.sent()
  expect(sent.length).toBe(3)
  expectComplete(sent, new Map([['order-1', 3]]))
  expect(relay.stats()).toMatchObject({ sent: 3, failures: 3 })
})

test('Postgres goes away and comes back', async () => {
  await using shop = await openShop()
  const relay = shop.relay()
  await shop.write('order-1', 1)
  await shop.untilEmpty()
  await using admin = new Bun.SQL(shop.url.replace(/[^/]*$/, 'postgres'), { max: 1 })
  const name = new URL(shop.url).pathname.slice(1)
  await admin.unsafe(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`
  await eventually(() => relay.stats().failures >= 2)
  await admin.unsafe(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  await shop.write('order-1', 2, 3)
  await shop.untilEmpty()
  expectComplete(await shop.sent(), new Map([['order-1', 3]]))
})

test('a record that Kafka refuses for good is parked and reported, all others flow', async () => {
  await using shop = await openShop()
  const tooLarge = { ...orderAt('large', 2), reason: 'x'.repeat(2_000_000) }
  await shop.write('before', 1)
  await shop.write('large', 1)
  await shop.database.transact((tx) => writeToOutbox(tx, { name: 'updated' }, tooLarge))
  await shop.write('large', 3)
  await shop.write('after', 1)
  const relay = shop.relay()
  await shop.untilEmpty()
  const sent = await shop.sent()
  expect(sent.map(({ order }) => `${order.orderId}@${order.version}`).toSorted()).toEqual([
    'after@1',
    'before@1',
    'large@1',
    'large@3',
  ])
  expect(relay.stats()).toMatchObject({ sent: 4, parked: 1, failures: 0 })
  expect(await shop.outbox.backlog()).toEqual({ unsent: 0, oldestAt: null, parked: 1 })
  expect(shop.logged).toEqual(['Kafka refused a record for good'])
  const [row] = await shop.database.sql<{ reason: string }[]>`
    SELECT parked_reason AS reason FROM outbox WHERE parked_at IS NOT NULL`
  expect(row!.reason).toContain('key large')
})

test('another relay takes over at once from one that stops', async () => {
  await using shop = await openShop()
  const limits = { leaseMs: NEVER_MS, pollMs: NEVER_MS }
  const first = shop.relay({ limits })
  await eventually(() => first.stats().holding)
  const second = shop.relay({ limits })
  await eventually(() => second.stats().backlog !== null)
  await shop.write('order-1', 1)
  await shop.untilEmpty()
  expect([first.stats().sent, second.stats().sent]).toEqual([1, 0])

  await first.stop()
  expect(first.stats().holding).toBe(false)
  await eventually(() => second.stats().holding)
  await shop.write('order-1', 2)
  await shop.untilEmpty()
  expect([first.stats().sent, second.stats().sent]).toEqual([1, 1])
})

test('another relay takes over from one that died, when its lease runs out', async () => {
  await using shop = await openShop()
  await shop.outbox.lease('died', 300)
  await shop.write('order-1', 1)
  const second = shop.relay({ limits: { pollMs: 20 } })
  await eventually(() => second.stats().backlog?.unsent === 1)
  expect(second.stats()).toMatchObject({ holding: false, sent: 0 })
  await shop.untilEmpty()
  expect(second.stats()).toMatchObject({ holding: true, sent: 1 })
})

test('rows that were sent long ago are deleted', async () => {
  await using shop = await openShop()
  shop.relay({ limits: { keptMs: -1_000, sweepRows: 7, lookEveryMs: 5, sweepEveryMs: 5 } })
  await writeMuch(shop, 2, 20)
  await shop.untilEmpty()
  let rows = -1
  const count = async () => {
    const [row] = await shop.database.sql<
      { rows: number }[]
    >`SELECT count(*)::int AS rows FROM outbox`
    rows = row!.rows
  }
  for (const deadline = performance.now() + 10_000; rows !== 0; await count())
    if (performance.now() > deadline) throw new Error(`${rows} rows are left`)
})
