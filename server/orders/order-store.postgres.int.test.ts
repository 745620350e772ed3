import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '../errors'
import type { PostgresDatabase } from '../lib/database.postgres'
import type { OpenStore } from './features/fixtures'
import { openBench, pass, placed, tryCancel, tryChange, tryPlace } from './features/fixtures'
import { openNodes, openNodeStore } from './features/nodes.postgres'
import type { Nodes } from './features/nodes.postgres'
import { ALICE, draft, refusal } from './features/samples'
import { KEY_KEPT_MS } from './idempotency'
import { orderStoreFeatures } from './order-store.features'

let nodes: Nodes
let database: PostgresDatabase

beforeAll(async () => {
  nodes = await openNodes()
  database = await nodes.connect()
})
afterAll(() => nodes[Symbol.asyncDispose]())

const open: OpenStore = async (options) => {
  await nodes.empty()
  return {
    store: openNodeStore(database, options),
    events: nodes.events,
    reopen: async (shop) => openNodeStore(database, options, shop),
    async cleanup() {},
  }
}

orderStoreFeatures('Postgres', open)

async function rowsIn(table: string): Promise<number> {
  const [row] = await nodes.sql<{ n: number }[]>`SELECT count(*)::int AS n FROM ${nodes.sql(table)}`
  return row!.n
}

test('outdated keys and minutes are swept as orders are placed', async () => {
  const bench = await openBench(open)
  const many = (prefix: string) =>
    Promise.all(
      Array.from({ length: 128 }, (_, index) =>
        tryPlace(bench.store, draft({ cup: 1 }), ALICE, `${prefix}${index}`),
      ),
    )
  await many('old')
  pass(bench, KEY_KEPT_MS)
  await many('new')
  const minute = bench.clock.at.getTime() / 60_000
  const old = await nodes.sql`SELECT 1 FROM order_minutes WHERE minute < ${minute}`
  expect(old).toHaveLength(0)
  expect(await rowsIn('idempotency_keys')).toBe(128)
  expect(await rowsIn('orders')).toBe(256)
})

test('what is for staff alone is read by find and by the list of all, and kept by a change', async () => {
  const bench = await openBench(open)
  const { orderId } = await placed(bench.store)
  await nodes.sql`UPDATE orders SET staff_only = '"internal":{"margin":0.4}'`
  const internal = { margin: 0.4 }
  const shown = async () => ({
    find: (await bench.store.find(orderId))?.order.internal,
    all: (await bench.store.all({ limit: 1 })).items[0]?.internal,
    ofBuyer: (await bench.store.ofBuyer('alice', { limit: 1 })).items[0]?.internal,
  })
  expect(await shown()).toEqual({ find: internal, all: internal, ofBuyer: undefined })
  await tryCancel(bench.store, orderId)
  expect(await shown()).toEqual({ find: internal, all: internal, ofBuyer: undefined })
  const [, cancelled] = await nodes.events()
  expect(cancelled!.data).not.toContain('margin')
})

describe('a text with U+0000', () => {
  test('names nothing that is kept', async () => {
    const { store } = await openBench(open)
    await placed(store)
    expect(await store.find('a\0b')).toBeNull()
    expect((await store.ofBuyer('ali\0ce', { limit: 1 })).items).toEqual([])
    expect(await codeOf(store.all({ limit: 1, next: 'a\0b' }))).toBe('invalid_next')
    expect(refusal(await tryChange(store, 'a\0b', 'shipped')).code).toBe('order_not_found')
    const unknown = await tryPlace(store, draft({ 'cu\0p': 1 }))
    expect(unknown).toMatchObject({ refusal: { code: 'unknown_product' } })
  })

  test('is kept where it is told to nobody but people, and refused as a name', async () => {
    const { store } = await openBench(open)
    const order = await placed(store, draft({ cup: 1 }, 'Jo\0 Miller'))
    expect((await store.find(order.orderId))!.order).toEqual(order)
    expect(await codeOf(tryPlace(store, undefined, { subject: 'a\0b', email: null }))).toBe(
      'invalid_text',
    )
  })
})

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  return error instanceof AppError ? error.code : error
}
