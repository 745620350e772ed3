import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { AppError } from '../errors'
import type { PostgresDatabase } from '../lib/database.postgres'
import type { Order } from '../protocol/order'
import { ORDER_STATUSES } from '../protocol/order-status'
import { startTcpProxy } from '../testing/tcp-proxy'
import { placed, tryChange, tryPlace, walk } from './features/fixtures'
import { openNodes, openNodeStore } from './features/nodes.postgres'
import type { Nodes } from './features/nodes.postgres'
import { accepted, ALICE, draft, PRODUCTS, SHOP } from './features/samples'
import { recount } from './features/statistics'
import { openPostgresOrderStore } from './order-store.postgres'
import type { AdminQuery, OrderStore } from './order-store'
import { slotOf } from './statistics'

const DEADLINE_MS = 4_000
const CUP = draft({ cup: 1 })

const clock = { at: new Date('2026-03-01T10:00:00.000Z') }
const options = { now: () => clock.at, beforeEvent() {} }
let nodes: Nodes
let databases: readonly PostgresDatabase[]
let stores: readonly OrderStore[]

beforeAll(async () => {
  nodes = await openNodes()
  databases = await Promise.all([1, 2].map(() => nodes.connect({ deadlineMs: DEADLINE_MS })))
})
beforeEach(async () => {
  await nodes.empty()
  stores = databases.map((database) => openNodeStore(database, options))
  await Promise.all(stores.map((store) => store.seedProducts(PRODUCTS)))
})
afterAll(() => nodes[Symbol.asyncDispose]())

describe('two nodes on one Postgres', () => {
  test('put the products in once', async () => {
    const active = PRODUCTS.filter((product) => product.active)
    expect(await stores[0]!.products()).toEqual(active)
  })

  test('change orders at the same time: no version is lost or doubled, and the figures are exact', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { minLength: 20, maxLength: 60 }), async (wanted) => {
        const ids = (await Promise.all(stores.map((store) => placed(store)))).map((o) => o.orderId)
        await Promise.all(
          wanted.map(({ node, kind, which, to }) =>
            kind === 'place'
              ? placed(stores[node]!, draft({ cup: 1 + which }))
              : tryChange(stores[node]!, ids[which % ids.length]!, to),
          ),
        )
        await expectSound()
      }),
      { numRuns: 8 },
    )
  })

  test('place many orders at once: the writers of the figures never meet in a circle', async () => {
    const orders = await Promise.all(Array.from({ length: 200 }, (_, i) => placed(stores[i % 2]!)))
    await Promise.all(
      orders.map(({ orderId }, i) => tryChange(stores[i % 2]!, orderId, 'processing')),
    )
    await expectSound()
    expect((await stores[0]!.stats()).all.byStatus.processing).toBe(200)
  })
})

describe('an idempotency key on two nodes', () => {
  test('places one order, however many requests arrive at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => tryPlace(stores[index % 2]!, CUP, ALICE, 'k')),
    )
    const count = (outcome: string) => outcomes.filter((one) => one.outcome === outcome).length
    expect(count('accepted')).toBe(1)
    expect(count('in_flight') + count('replayed')).toBe(29)
    expect(await nodes.events()).toHaveLength(1)
    const order = accepted(outcomes.find(({ outcome }) => outcome === 'accepted')!)
    for (const store of stores) {
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'replayed', order })
    }
  })

  test('is in flight on the one while the other is at it, and free once that died', async () => {
    const writing = Promise.withResolvers<void>()
    const append = () => {
      writing.resolve()
      return Promise.withResolvers<void>().promise
    }
    const stuck = openPostgresOrderStore(databases[0]!, append, SHOP, options.now)
    const first = tryPlace(stuck, CUP, ALICE, 'k').catch((error: unknown) => error)
    await writing.promise
    expect(await tryPlace(stores[1]!, CUP, ALICE, 'k')).toEqual({ outcome: 'in_flight' })
    expect((await tryPlace(stores[1]!, CUP, ALICE, 'l')).outcome).toBe('accepted')
    // What the server does when a node is gone: it ends the transaction, and the key is free.
    await nodes.sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`
    const again = () => tryPlace(stores[1]!, CUP, ALICE, 'k')
    let outcome = await again()
    while (outcome.outcome === 'in_flight') outcome = await again()
    expect(outcome.outcome).toBe('accepted')
    expect(await first).toMatchObject({ code: 'store_unreachable', temporary: true })
  })

  test('answers the repeat of a request whose order was placed, and whose answer was lost', async () => {
    const { hostname, port } = new URL(nodes.url)
    await using proxy = await startTcpProxy(Number(port), hostname)
    const url = new URL(nodes.url)
    url.host = `127.0.0.1:${proxy.port}`
    const store = openNodeStore(await nodes.connect({ url: url.href }), options)
    proxy.swallowAnswerTo('COMMIT')
    const failure: unknown = await tryPlace(store, CUP, ALICE, 'k').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AppError)
    expect(failure).toMatchObject({ code: 'store_unreachable', status: 503, temporary: true })
    expect((failure as AppError).message).toContain('may have been made')
    const [order] = (await store.all({ limit: 9 })).items
    expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'replayed', order: order! })
    expect(await nodes.events()).toHaveLength(1)
  })
})

describe('a node that stands still in the middle of a change', () => {
  test('holds up its own order alone, and not for ever', async () => {
    const held = await placed(stores[0]!)
    // The pool itself, without deadlines: as a process that is frozen, and closes nothing.
    const { sql } = await nodes.connect({ deadlineMs: DEADLINE_MS / 2 })
    const frozen = await sql.reserve()
    const slot = slotOf(held.orderId)
    const [backend] = await frozen<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
    await frozen`BEGIN`
    await frozen`SELECT 1 FROM orders WHERE order_id = ${held.orderId} FOR UPDATE`
    await frozen`UPDATE order_stats SET count = count WHERE slot = ${slot}`
    await frozen`UPDATE order_minutes SET count = count WHERE slot = ${slot}`
    // The other slots are free: of eight orders one at least is not in that of the frozen one.
    const others = Array.from({ length: 8 }, () => placed(stores[1]!))
    await Promise.any(others)
    const stillHeld = await nodes.sql`
      SELECT 1 FROM pg_stat_activity WHERE pid = ${backend!.pid} AND state = 'idle in transaction'`
    expect(stillHeld).toHaveLength(1)
    expect(accepted(await tryChange(stores[1]!, held.orderId, 'processing')).version).toBe(2)
    await Promise.all(others)
    await frozen.close({ timeout: 0 })
    await expectSound()
  })
})

/** What must hold whatever was done at the same time. */
async function expectSound(): Promise<void> {
  for (const store of stores) expect(await store.stats()).toEqual(await recount({ store, clock }))
  const told = new Map<string, number[]>()
  for (const { data } of await nodes.events()) {
    const { orderId, version } = JSON.parse(data) as Order
    told.set(orderId, [...(told.get(orderId) ?? []), version])
  }
  const ids = await walk((query: AdminQuery) => stores[0]!.all(query), { limit: 100 })
  expect(ids.toSorted()).toEqual([...told.keys()].sort())
  for (const orderId of ids) {
    const { order, history } = (await stores[1]!.find(orderId))!
    const versions = Array.from({ length: order.version }, (_, index) => index + 1)
    expect(history.map(({ version }) => version)).toEqual(versions)
    expect(told.get(orderId)).toEqual(versions)
  }
}

interface Command {
  readonly node: number
  readonly kind: 'place' | 'change'
  readonly which: number
  readonly to: Order['status']
}

const commands: fc.Arbitrary<Command> = fc.record({
  node: fc.constantFrom(0, 1),
  kind: fc.constantFrom('place', 'change', 'change'),
  which: fc.nat({ max: 8 }),
  to: fc.constantFrom(...ORDER_STATUSES),
})
