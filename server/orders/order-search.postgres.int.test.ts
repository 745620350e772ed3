import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { openDatabase } from '../lib/database.sqlite'
import type { Database } from '../lib/database.sqlite'
import type { Order } from '../protocol/order'
import { tempFolder } from '../testing/temp-folder'
import { search } from './features/fixtures'
import { openNodes, openNodeStore } from './features/nodes.postgres'
import type { Nodes } from './features/nodes.postgres'
import { pendingOrder, SHOP } from './features/samples'
import type { OrderStore } from './order-store'
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

async function placeInBoth(order: Order): Promise<void> {
  for (const store of Object.values(stores)) {
    await store.place({
      productIds: [],
      decide: () => ({ outcome: 'accepted', by: 'alice', order }),
    })
  }
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
  for (const order of placed) await placeInBoth(order)

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
  const name = `${'é'.repeat(1_030)}z ${long} end`
  await placeInBoth(orderOf(5_000, { name, buyerEmail: undefined, products: [] }))
  for (const words of [long, `${long} end`, 'x'.repeat(149), 'e'.repeat(300), `${long}-end`]) {
    const query = { search: words }
    const bySqlite = await search(stores.sqlite, query)
    expect(bySqlite).toHaveLength(1)
    expect(await search(stores.postgres, query)).toEqual(bySqlite)
  }
})
