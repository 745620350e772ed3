import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Checkpoint, OrderEvent } from '../event-log/event-log'
import type { PostgresDatabase } from '../lib/database.postgres'
import type { Order } from '../protocol/order'
import { orderAt } from '../testing/arbitraries'
import { foreignEvent, foreignRecords, NOON } from '../testing/foreign-events'
import { openProjectedOrders, type ProjectedOrders } from '../testing/projected-orders.postgres'

const CREATED = 'order.created-0'
const UPDATED = 'order.updated-3'

let orders: ProjectedOrders

beforeAll(async () => {
  orders = await openProjectedOrders()
})
afterAll(() => orders[Symbol.asyncDispose]())

describe('a repeat after a crash', () => {
  test('writes nothing, and answers the orders as they are', async () => {
    const orderIds = ['x', 'y'].map((id) => `crash-${id}`)
    const events = orderIds.flatMap((id) => [
      foreignEvent(id, { at: NOON + 1, fields: { total: 5 } }),
      foreignEvent(id, { at: NOON + 2, fields: { status: 'shipped' }, extra: { score: 1 } }),
    ])
    const records = foreignRecords(events)
    const before = (await orders.open().checkpoints()).get(CREATED) ?? null
    const first = await orders.open().apply(CREATED, records, before)
    const rows = await tables()
    const again = await orders.open().apply(CREATED, records, before)
    expect(await tables()).toEqual(rows)
    expect(again).toEqual([first[1]!, first[1]!, first[3]!, first[3]!])
  })

  test('of a part leaves the checkpoint where it is', async () => {
    const projection = orders.open()
    const records = foreignRecords([null, foreignEvent('part'), null])
    expect(await projection.apply(UPDATED, records)).toEqual([null, expect.anything(), null])
    const end = { offset: records[2]!.offset, fingerprint: records[2]!.fingerprint }
    expect((await projection.checkpoints()).get(UPDATED)).toEqual(end)
    await projection.apply(UPDATED, records.slice(0, 1))
    expect((await projection.checkpoints()).get(UPDATED)).toEqual(end)
  })

  test('of a batch that could not be written whole: nothing of it was', async () => {
    const projection = orders.open()
    const [one] = foreignRecords([foreignEvent('torn')])
    await projection.apply(UPDATED, [one!])
    await orders.database.sql`INSERT INTO order_changes VALUES ('torn', 2, 'pending', 'x', 'x')`
    const rows = await tables()
    const records = foreignRecords([
      foreignEvent('torn-too'),
      foreignEvent('torn', { at: NOON + 9, fields: { total: 1 } }),
    ])
    const failed = await projection.apply(UPDATED, records).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Error)
    expect(await tables()).toEqual(rows)
    await orders.database.sql`DELETE FROM order_changes WHERE order_id = 'torn' AND version = 2`
    expect(await projection.apply(UPDATED, records)).toMatchObject([{ name: 'created' }, {}])
  })

  async function tables(): Promise<unknown> {
    return orders.database.sql`
      SELECT (SELECT json_agg(o ORDER BY o.seq) FROM orders o) AS orders,
        (SELECT json_agg(s ORDER BY s.seq) FROM order_search s) AS search,
        (SELECT json_agg(c ORDER BY c.order_id, c.version) FROM order_changes c) AS changes,
        (SELECT json_agg(s ORDER BY s.day, s.currency, s.status, s.slot) FROM order_stats s) AS stats,
        (SELECT json_agg(m ORDER BY m.minute, m.slot) FROM order_minutes m) AS minutes,
        (SELECT json_agg(p ORDER BY p.partition) FROM projection_checkpoints p) AS checkpoints`
  }
})

describe('checkpoints', () => {
  const partition = 'order.created-9'

  test.each<[string, Checkpoint | null, Checkpoint]>([
    ['none where one was', null, { offset: 7, fingerprint: 'a' }],
    ['one before it', { offset: 6, fingerprint: 'a' }, { offset: 7, fingerprint: 'a' }],
    ['another record at it', { offset: 7, fingerprint: 'b' }, { offset: 7, fingerprint: 'a' }],
  ])('%s: the store lost commits, and nothing is written', async (_what, stored, expected) => {
    const projection = orders.open()
    await projection.reset(partition, stored)
    const record = { offset: 8, fingerprint: 'c', event: foreignEvent('lost') }
    const failed = await projection.apply(partition, [record], expected).catch((e: unknown) => e)
    expect(failed).toMatchObject({ code: 'projection_rewind', temporary: true })
    expect((await projection.checkpoints()).get(partition) ?? null).toEqual(stored)
    expect(await orders.store.find('lost')).toBeNull()
  })

  test('beyond what is expected: another worker was quicker, and folding again is harmless', async () => {
    const projection = orders.open()
    await projection.reset(partition, { offset: 9, fingerprint: 'x' })
    const expected = { offset: 7, fingerprint: 'a' }
    const record = { offset: 8, fingerprint: 'c', event: foreignEvent('slow') }
    expect(await projection.apply(partition, [record], expected)).toHaveLength(1)
    const other = { offset: 9, fingerprint: 'not x', event: null }
    const failed = await projection
      .apply(partition, [record, other], expected)
      .catch((e: unknown) => e)
    expect(failed).toMatchObject({ code: 'projection_rewind' })
  })

  test('are set where the source changed, also back', async () => {
    const projection = orders.open()
    await projection.reset(partition, { offset: 3, fingerprint: 'z' })
    expect((await projection.checkpoints()).get(partition)).toEqual({ offset: 3, fingerprint: 'z' })
    await projection.reset(partition, null)
    expect((await projection.checkpoints()).has(partition)).toBe(false)
  })
})

describe('orders are taken in the order of their ids, so that nobody waits in a circle', () => {
  test('those that there are', async () => {
    const ids = ['z', 'y', 'x', 'w', 'a'].map((id) => `circle-${id}`)
    // One by one: so they lie in the table in an order of their own.
    for (const id of ids) await orders.open().apply(CREATED, foreignRecords([foreignEvent(id)]))
    await waitingFor(
      ids,
      (tx, id) => tx`SELECT FROM orders WHERE order_id = ${id} FOR UPDATE NOWAIT`,
    )
  })

  test('and new ones', async () => {
    const events = await waitingFor(
      ['new-z', 'new-y', 'new-x', 'new-a'],
      (tx, id) =>
        tx`INSERT INTO orders (order_id, status, day, body)
         VALUES (${id}, 'pending', '2026-01-01', ${JSON.stringify(orderAt(id, 1))})`,
    )
    expect(events.map((each) => (JSON.parse(each!.data) as Order).version)).toEqual([2, 2, 2, 2])
  })

  /** Takes the last of them, has the projection wait for it, takes the others, and lets go. */
  async function waitingFor(
    orderIds: readonly string[],
    take: (tx: Bun.TransactionSQL, orderId: string) => Promise<unknown>,
  ): Promise<readonly (OrderEvent | null)[]> {
    let conflicts = 0
    const counting: PostgresDatabase = {
      ...orders.database,
      transact(work) {
        conflicts--
        return orders.database.transact((tx) => {
          conflicts++
          return work(tx)
        })
      },
    }
    const events = orderIds.map((id) => foreignEvent(id, { at: NOON + 7, fields: { total: 7 } }))
    const applied = await counting.transact(async (tx) => {
      await take(tx, orderIds.at(-1)!)
      const applying = orders.open({ on: counting }).apply(UPDATED, foreignRecords(events))
      await isWaiting()
      for (const id of orderIds.slice(0, -1)) await take(tx, id)
      return { applying }
    })
    const answers = await applied.applying
    expect(conflicts).toBe(0)
    return answers
  }

  /** Resolves when a connection waits for a lock. */
  async function isWaiting(): Promise<void> {
    const late = AbortSignal.timeout(3_000)
    for (;;) {
      const [row] = await orders.database.sql<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`
      if (row!.waiting > 0) return
      late.throwIfAborted()
    }
  }
})
