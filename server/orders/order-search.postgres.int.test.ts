import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { openDatabase } from '../lib/database.sqlite'
import type { Database } from '../lib/database.sqlite'
import type { Order } from '../protocol/order'
import { tempFolder } from '../testing/temp-folder'
import { walk } from './features/fixtures'
import { openNodes, openNodeStore } from './features/nodes.postgres'
import type { Nodes } from './features/nodes.postgres'
import { pendingOrder, SHOP } from './features/samples'
import type { AdminQuery, OrderStore } from './order-store'
import { openSqliteOrderStore } from './order-store.sqlite'

/** Characters that part words, join them, fold, or are none. */
const unit = fc.constantFrom(
  ...Array.from('aab bc 1-.@_\'"*:()%\\|&!<>\n\t\0'),
  ...[
    'É',
    'é',
    'e\u0301',
    '\u0305',
    'ß',
    'Σ',
    'ς',
    'Ж',
    'й',
    '漢',
    '字',
    '😀',
    '🥹',
    '\ud800',
    'µ',
  ],
)
const text = (maxLength: number) => fc.string({ unit, maxLength })

const folder = tempFolder()
let nodes: Nodes
let sqlite: Database
let stores: { readonly sqlite: OrderStore; readonly postgres: OrderStore }

beforeAll(async () => {
  nodes = await openNodes()
  sqlite = openDatabase(folder.path)
  stores = {
    sqlite: openSqliteOrderStore(sqlite, () => {}, SHOP),
    postgres: openNodeStore(await nodes.connect()),
  }
})
afterAll(async () => {
  sqlite.close()
  folder[Symbol.dispose]()
  await nodes[Symbol.asyncDispose]()
})

/** Later orders are in a later chapter of the index. */
async function turnTheChapter(): Promise<void> {
  await nodes.sql`SELECT setval('orders_seq_seq', (SELECT max(seq) FROM orders) + 30000)`
}

/** So many newer orders that only the index leads to those before; no word finds them. */
async function hideBehindOthers(): Promise<void> {
  await nodes.sql.unsafe(`
    WITH placed AS (
      INSERT INTO orders (order_id, status, day, body)
      SELECT gen_random_uuid(), 'pending', '2026-03-01', '{}' FROM generate_series(1, 600)
      RETURNING seq
    )
    INSERT INTO order_search SELECT seq, '', '' FROM placed`)
}

async function placeInBoth(order: Order): Promise<void> {
  for (const store of Object.values(stores)) {
    await store.place({
      productIds: [],
      decide: () => ({ outcome: 'accepted', by: 'alice', order }),
    })
  }
}

/** Page after page. */
function search(store: OrderStore, query: { readonly search: string }): Promise<string[]> {
  return walk((page: AdminQuery) => store.all(page), { limit: 20, ...query })
}

const orders = fc.record({
  name: text(30),
  buyerEmail: fc.option(text(12), { nil: undefined }),
  products: fc.array(text(12), { maxLength: 3 }),
})

function orderOf(index: number, { name, buyerEmail, products }: Wanted): Order {
  const order = pendingOrder()
  const address = order.shippingAddress!
  return {
    ...order,
    orderId: `${order.orderId.slice(0, -4)}${index.toString().padStart(4, '0')}`,
    ...(buyerEmail !== undefined && { buyerEmail }),
    items: products.map((product) => ({ ...order.items[0]!, name: product })),
    shippingAddress: { ...address, name },
  }
}
type Wanted = typeof orders extends fc.Arbitrary<infer Value> ? Value : never

test('whatever is searched for, Postgres finds the orders that SQLite finds', async () => {
  const wanted = fc.sample(orders, { numRuns: 120, seed: 7 })
  const placed = wanted.map((one, index) => orderOf(index, one))
  for (const [index, order] of placed.entries()) {
    if (index % 40 === 39) {
      await hideBehindOthers()
      await turnTheChapter()
    }
    await placeInBoth(order)
  }
  await hideBehindOthers()

  const parts = fc.constantFrom(...wanted.map(({ name }) => name)).chain((name) =>
    fc.tuple(fc.nat({ max: 10 }), fc.integer({ min: 1, max: 6 })).map(([from, length]) =>
      // By code points: half a pair of surrogates is no text.
      Array.from(name)
        .slice(from, from + length)
        .join(''),
    ),
  )
  const queries = fc.array(fc.oneof({ weight: 3, arbitrary: parts }, text(6)), {
    minLength: 1,
    maxLength: 3,
  })
  let found = 0
  await fc.assert(
    fc.asyncProperty(queries, async (words) => {
      const query = { search: words.join(' ') }
      fc.pre(query.search.trim() !== '')
      const bySqlite = await search(stores.sqlite, query)
      expect(await search(stores.postgres, query)).toEqual(bySqlite)
      if (bySqlite.length > 0 && bySqlite.length < placed.length) found++
    }),
    { numRuns: 400 },
  )
  // Otherwise all that was searched for was nowhere, or everywhere.
  expect(found).toBeGreaterThan(100)
})

test('a word that is longer than the index takes is found all the same', async () => {
  const long = 'x'.repeat(150) + 'y'
  const name = `${'ж'.repeat(1_100)}z ${long} end`
  await placeInBoth(orderOf(5_000, { name, buyerEmail: undefined, products: [] }))
  await hideBehindOthers()
  for (const words of [long, `${long} end`, 'x'.repeat(149), 'ж'.repeat(300), `${long}-end`]) {
    const query = { search: words }
    const bySqlite = await search(stores.sqlite, query)
    expect(bySqlite).toHaveLength(1)
    expect(await search(stores.postgres, query)).toEqual(bySqlite)
  }
})
