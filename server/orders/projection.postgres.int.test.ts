import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { OrderEvent } from '../event-log/event-log'
import type { Order } from '../protocol/order'
import {
  foreignEvent,
  foreignEvents,
  foreignRecords,
  NOON,
  shuffledAgain,
} from '../testing/foreign-events'
import { openProjectedOrders, type ProjectedOrders } from '../testing/projected-orders.postgres'
import { ADDRESS } from './features/samples'
import { foldEvent } from './fold'
import { orderOf } from './fold-order'
import type { FoldState } from './fold-state'
import { orderEvent, serializeOrder } from './order-event'
import type { ForeignEvent, Projection } from './projection'

const SETTINGS = { currency: 'EUR', customerFields: new Set(['gift']) }
const CREATED = 'order.created-0'
const UPDATED = 'order.updated-3'

let orders: ProjectedOrders

beforeAll(async () => {
  orders = await openProjectedOrders()
})
afterAll(() => orders[Symbol.asyncDispose]())

let runs = 0
/** No two runs of a test meet in an order. */
function own(events: readonly ForeignEvent[], run: number): ForeignEvent[] {
  return events.map((event) => ({ ...event, orderId: `${run}-${event.orderId}` }))
}

/** What the projection must answer, one event after the other. */
function answersOf(events: readonly ForeignEvent[]): { answers: OrderEvent[]; ends: Order[] } {
  const states = new Map<string, FoldState>()
  const answers = events.map((each) => {
    const { state } = foldEvent(states.get(each.orderId) ?? null, each, SETTINGS)
    states.set(each.orderId, state)
    const order = orderOf(state, SETTINGS)
    return orderEvent(order, serializeOrder(order))
  })
  return { answers, ends: [...states.values()].map((state) => orderOf(state, SETTINGS)) }
}

async function found(orderId: string): Promise<Order> {
  return (await orders.store.find(orderId))!.order
}

const histories = foreignEvents(['a', 'b', 'c'], 14).filter((events) => events.length > 0)

describe('any order, repetition and division into batches', () => {
  const sequences = histories.chain((events) =>
    fc.tuple(shuffledAgain(events), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 })),
  )

  test('answers what the fold says, and leaves it in the tables', async () => {
    const projection = orders.open()
    await fc.assert(
      fc.asyncProperty(sequences, async ([shuffled, sizes]) => {
        const events = own(shuffled, ++runs)
        const { answers, ends } = answersOf(events)
        const records = foreignRecords(events)
        const answered: (OrderEvent | null)[] = []
        for (let from = 0, turn = 0; from < records.length; turn++) {
          const batch = records.slice(from, from + sizes[turn % sizes.length]!)
          answered.push(...(await projection.apply(CREATED, batch)))
          from += batch.length
        }
        expect(answered).toEqual(answers)
        for (const order of ends) expect(await found(order.orderId)).toEqual(order)
      }),
      { numRuns: 40 },
    )
    expect(await orders.contradictions()).toEqual([])
  })

  test('by two workers at once ends like one after the other', async () => {
    const workers = [orders.open(), orders.open()] as const
    await fc.assert(
      fc.asyncProperty(
        histories,
        histories,
        fc.integer({ min: 1, max: 5 }),
        async (one, two, size) => {
          const run = ++runs
          // Read from two topics: no record of one has the source of another's.
          const renamed = two.map((each) => ({
            ...each,
            stamp: { ...each.stamp, source: each.stamp.source.replace('order.', 'more.') },
          }))
          const [left, right] = [own(one, run), own(renamed, run)]
          const work = async (worker: Projection, partition: string, events: ForeignEvent[]) => {
            const records = foreignRecords(events)
            for (let from = 0; from < records.length; from += size) {
              await worker.apply(partition, records.slice(from, from + size))
            }
          }
          await Promise.all([
            work(workers[0], CREATED, left),
            work(workers[1], UPDATED, right.toReversed()),
            work(workers[1], 'order.cancelled-1', right),
          ])
          for (const { version: _, ...order } of answersOf([...left, ...right]).ends) {
            const { version: counted, ...shown } = await found(order.orderId)
            expect(shown).toEqual(order)
            expect((await orders.store.find(order.orderId))!.history).toHaveLength(counted)
          }
        },
      ),
      { numRuns: 40 },
    )
    expect(await orders.contradictions()).toEqual([])
  }, 60_000)
})

test('a long batch is folded in several transactions', async () => {
  const projection = orders.open()
  await projection.reset(CREATED, null)
  const events = Array.from({ length: 1_100 }, (_, at) =>
    foreignEvent(`long-${at % 400}`, { at: NOON + at, fields: { total: at } }),
  )
  const records = events.map((each, offset) => ({
    offset,
    fingerprint: `l${offset}`,
    event: each,
  }))
  const answers = await projection.apply(CREATED, records, null)
  expect(answers).toEqual(answersOf(events).answers)
  const end = { offset: 1_099, fingerprint: 'l1099' }
  expect((await projection.checkpoints()).get(CREATED)).toEqual(end)
  expect(await orders.contradictions()).toEqual([])
})

describe('the tables', () => {
  test('list new orders in the order in which they were heard of', async () => {
    const ids = ['z-first', 'a-second', 'm-third']
    await orders.open().apply(CREATED, foreignRecords(ids.map((id) => foreignEvent(id))))
    const { items } = await orders.store.all({ limit: 3 })
    expect(items.map(({ orderId }) => orderId)).toEqual(ids.toReversed())
  })

  test('count an order on the day and in the minute of its creation, whenever that is told', async () => {
    const projection = orders.open()
    await projection.apply(CREATED, foreignRecords([foreignEvent('moved', { at: NOON })]))
    const createdAt = new Date(NOON - 90_000).toISOString()
    const created = foreignEvent('moved', {
      name: 'created',
      at: NOON - 90_000,
      fields: { createdAt },
    })
    await projection.apply(CREATED, foreignRecords([created]))
    expect(await orders.contradictions()).toEqual([])
    const yesterday = new Date(NOON - 86_400_000).toISOString()
    const corrected = foreignEvent('moved', { at: NOON + 1, fields: { createdAt: yesterday } })
    await projection.apply(CREATED, foreignRecords([corrected]))
    expect(await orders.contradictions()).toEqual([])
  })

  test('find an order by what is told later', async () => {
    const projection = orders.open()
    await projection.apply(CREATED, foreignRecords([foreignEvent('Q-17', { at: NOON + 1 })]))
    const search = async (text: string) =>
      (await orders.store.all({ limit: 10, search: text })).items.map(({ orderId }) => orderId)
    expect(await search('quetzal')).toEqual([])
    const fields = { shippingAddress: { ...ADDRESS, name: 'Quetzal' } }
    await projection.apply(
      CREATED,
      foreignRecords([foreignEvent('Q-17', { name: 'created', fields })]),
    )
    expect(await search('quetzal')).toEqual(['Q-17'])
    expect(await search('Q-17 quetz')).toEqual(['Q-17'])
  })

  test('show customers what the shop allows, and staff the rest', async () => {
    const fields = { buyerId: 'zoe' }
    const extra = { gift: 'Hi', score: 0.7 }
    await orders.open().apply(CREATED, foreignRecords([foreignEvent('guarded', { fields, extra })]))
    const [listed] = (await orders.store.ofBuyer('zoe', { limit: 10 })).items
    expect(listed).toMatchObject({ orderId: 'guarded', extra: { gift: 'Hi' } })
    expect(JSON.stringify(listed)).not.toContain('0.7')
    expect(await found('guarded')).toMatchObject({
      extra: { gift: 'Hi' },
      internal: { score: 0.7 },
    })
  })

  test('say who made a change', async () => {
    const projection = orders.open({ by: 'warehouse' })
    await projection.apply(CREATED, foreignRecords([foreignEvent('history', { at: NOON })]))
    const cancelled = foreignEvent('history', {
      name: 'cancelled',
      at: NOON + 5,
      fields: { reason: 'late' },
    })
    await orders.open().apply(CREATED, foreignRecords([cancelled]))
    expect((await orders.store.find('history'))!.history).toEqual([
      { version: 1, status: 'pending', at: new Date(NOON).toISOString(), by: 'warehouse' },
      {
        version: 2,
        status: 'cancelled',
        at: new Date(NOON + 5).toISOString(),
        by: 'order service',
        reason: 'late',
      },
    ])
  })

  test('go on with an order that was placed here', async () => {
    const own = orderOf(
      foldEvent(null, foreignEvent('placed-here', { fields: { total: 9 } }), SETTINGS).state,
      SETTINGS,
    )
    const placed = await orders.store.place({
      productIds: [],
      decide: ({ orderId }) => ({
        outcome: 'accepted',
        by: 'alice',
        order: { ...own, orderId, buyerId: 'alice', shippingAddress: ADDRESS },
      }),
    })
    if (placed.outcome !== 'accepted') throw new Error(placed.outcome)
    const { orderId } = placed.order
    const shipped = foreignEvent(orderId, { at: NOON + 1, fields: { status: 'shipped' } })
    const [answer] = await orders.open().apply(CREATED, foreignRecords([shipped]))
    expect(JSON.parse(answer!.data)).toMatchObject({
      ...placed.order,
      status: 'shipped',
      version: 2,
      updatedAt: expect.anything(),
    })
    expect(await orders.contradictions()).toEqual([])
  })

  test('keep what was changed here meanwhile, and what was told before', async () => {
    const told = foreignEvent('changed-here', {
      fields: { total: 9 },
      extra: { gift: 'Hi', score: 1 },
    })
    await orders.open().apply(CREATED, foreignRecords([told]))
    const at = new Date(NOON + 5).toISOString()
    await orders.store.change({
      orderId: 'changed-here',
      decide: (order) => ({
        outcome: 'accepted',
        by: 'sam',
        order: { ...order!, status: 'processing', updatedAt: at, version: 2 },
      }),
    })
    const late = foreignEvent('changed-here', {
      at: NOON + 1,
      fields: { status: 'pending', tax: 2 },
    })
    await orders.open().apply(CREATED, foreignRecords([late]))
    expect(await found('changed-here')).toMatchObject({
      status: 'processing',
      total: 9,
      tax: 0,
      extra: { gift: 'Hi' },
      internal: { score: 1 },
      version: 2,
    })
    const later = foreignEvent('changed-here', { at: NOON + 9, fields: { tax: 2 } })
    await orders.open().apply(CREATED, foreignRecords([later]))
    expect(await found('changed-here')).toMatchObject({ status: 'processing', tax: 2, version: 3 })
  })
})
