import { afterEach, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteRevocations } from '../server/auth/revocations.sqlite'
import { openPostgresRevocations } from '../server/auth/revocations.postgres'
import { openPostgres } from '../server/lib/database.postgres'
import type { PostgresDatabase } from '../server/lib/database.postgres'
import { openDatabase } from '../server/lib/database.sqlite'
import { createLogger } from '../server/lib/logger'
import {
  placed,
  search,
  tryCancel,
  tryChange,
  tryPlace,
  walk,
} from '../server/orders/features/fixtures'
import { accepted, ALICE, BOB, draft, PRODUCTS, SHOP } from '../server/orders/features/samples'
import type { AdminQuery, OrderStore, PageQuery } from '../server/orders/order-store'
import { openPostgresOrderStore } from '../server/orders/order-store.postgres'
import { openSqliteOrderStore } from '../server/orders/order-store.sqlite'
import { seedProducts } from '../server/orders/seed'
import { freshDatabase } from '../server/testing/database.postgres'
import { tempFolder } from '../server/testing/temp-folder'
import { within } from '../server/testing/within'

const root = join(import.meta.dir, '..')
const logger = createLogger('silent')
const NOW = new Date()
const now = () => NOW

let folder: ReturnType<typeof tempFolder>
let fresh: Awaited<ReturnType<typeof freshDatabase>>
beforeEach(async () => {
  folder = tempFolder()
  fresh = await freshDatabase()
})
afterEach(async () => {
  folder[Symbol.dispose]()
  await fresh[Symbol.asyncDispose]()
})

function startMove(...args: readonly string[]) {
  return Bun.spawn([join(root, 'scripts/move'), ...args], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATA_DIR: folder.path,
      DATABASE_URL: fresh.url,
      BUN: process.execPath,
    },
  })
}

async function move(...args: readonly string[]) {
  const child = startMove(...args)
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output, errors }
}

/** Resolves once there is a line with this text. */
async function progress(stream: ReadableStream<Uint8Array<ArrayBuffer>>, text: string) {
  let seen = ''
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    seen += part
    if (seen.includes(text)) return
  }
  throw new Error(`it ended, and said: ${seen}`)
}

async function withEmbedded<T>(work: (store: OrderStore) => Promise<T>): Promise<T> {
  const database = openDatabase(folder.path)
  try {
    return await work(openSqliteOrderStore(database, () => {}, SHOP, now))
  } finally {
    database.close()
  }
}

async function withTarget<T>(work: (database: PostgresDatabase) => Promise<T>): Promise<T> {
  const database = await openPostgres(fresh.url, { poolSize: 4, logger })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

function storeIn(database: PostgresDatabase): OrderStore {
  return openPostgresOrderStore(database, async () => {}, SHOP, now)
}

/** A shop in which everything has happened once. */
async function fill(store: OrderStore): Promise<void> {
  await store.seedProducts(PRODUCTS)
  const first = await placed(store, draft({ cup: 1 }, 'José Álvarez-Ruiz'))
  await placed(store, draft({ bowl: 2 }, 'Jo O’Neill\0'), BOB)
  await tryPlace(store, draft({ cup: 3 }), ALICE, 'kept')
  for (let count = 0; count < 5; count++) {
    const { orderId } = await placed(store, draft({ bowl: 1 }))
    await tryChange(store, orderId, 'processing')
    if (count > 2) await tryCancel(store, orderId, 'Ordered\0twice')
  }
  await tryCancel(store, first.orderId)
}

/** All that a store can be asked. */
async function shownBy(store: OrderStore) {
  const ids = await walk((query: AdminQuery) => store.all(query), { limit: 3 })
  return {
    products: await store.products(),
    stats: await store.stats(),
    ids,
    orders: await Promise.all(ids.map((id) => store.find(id))),
    ofAlice: await walk((query: PageQuery) => store.ofBuyer('alice', query), { limit: 2 }),
    cancelled: await search(store, { status: 'cancelled' }),
    found: await Promise.all(
      ['jose', 'alvarez-ruiz', 'o’neill', 'alice@ex', 'ceram bow', ids[0]!].map((words) =>
        search(store, { search: words }),
      ),
    ),
    kept: await tryPlace(store, draft({ cup: 3 }), ALICE, 'kept'),
  }
}

test('a shop shows the same after it was moved, and goes on', async () => {
  const before = await withEmbedded(async (store) => {
    await fill(store)
    return await shownBy(store)
  })
  expect(before.kept.outcome).toBe('replayed')
  const told = await move()
  expect(told.exitCode).toBe(0)
  expect(told.output).toContain('alike')
  expect(told.output).toMatch(/orders +8\n/)
  await withTarget(async (database) => {
    const store = storeIn(database)
    const after = await shownBy(store)
    // History is for people: what Postgres cannot hold is marked in it.
    const marked = before.orders.map((found) => ({
      ...found!,
      history: found!.history.map(({ reason, ...change }) => ({
        ...change,
        ...(reason !== undefined && { reason: reason.replaceAll('\0', '\ufffd') }),
      })),
    }))
    expect(after).toEqual({ ...before, orders: marked })

    const next = accepted(await tryPlace(store))
    expect((await store.all({ limit: 1 })).items).toEqual([next])
    expect((await store.stats()).all.orders).toBe(before.stats.all.orders + 1)
    const { orderId } = (await store.all({ limit: 9, status: 'processing' })).items[0]!
    expect(accepted(await tryChange(store, orderId, 'shipped')).version).toBe(3)
    expect(await database.sql`SELECT 1 FROM outbox`).toEqual([])
  })
})

test('revocations go with it, and later ones are heard of', async () => {
  await withEmbedded((store) => placed(store).catch(() => null))
  const database = openDatabase(folder.path)
  await openSqliteRevocations(database).revoke('alice')
  await openSqliteRevocations(database).revoke('bob')
  database.close()
  expect((await move()).exitCode).toBe(0)
  const seconds = Math.floor(Date.now() / 1_000)
  await withTarget(async (target) => {
    const revocations = await openPostgresRevocations(target, logger)
    expect(revocations.isRevoked('alice', seconds - 60)).toBe(true)
    expect(revocations.isRevoked('bob', seconds - 60)).toBe(true)
    const [counter] = await target.sql`SELECT count::int FROM revocation_changes`
    expect(counter).toEqual({ count: 2 })
    revocations.close()
  })
})

test('the samples that a first start put into the target give way to the shop’s own products', async () => {
  await withEmbedded(fill)
  await withTarget((database) => seedProducts(storeIn(database), 'USD'))
  expect(await move()).toMatchObject({ exitCode: 0 })
  const active = PRODUCTS.filter((product) => product.active)
  expect(await withTarget((database) => storeIn(database).products())).toEqual(active)
})

test('nothing is moved while the server runs, into a shop in use, from nowhere, or to nowhere', async () => {
  const refusals = { inUse: await move() }
  expect(refusals.inUse).toMatchObject({ exitCode: 1 })
  expect(refusals.inUse.errors).toContain(`there is no shop in ${folder.path}`)

  await withEmbedded(async (store) => {
    await fill(store)
    const running = await move()
    expect(running.exitCode).toBe(1)
    expect(running.errors).toContain('Another Orderwire process uses the data folder')
  })
  expect((await move()).exitCode).toBe(0)
  const again = await move()
  expect(again.exitCode).toBe(1)
  expect(again.errors).toContain('the target is in use: its table orders is not empty')
  expect((await withTarget((database) => storeIn(database).stats())).all.orders).toBe(8)
})

test('--check says what would be moved and what is in the way, and writes nothing', async () => {
  await withEmbedded(fill)
  const told = await move('--check')
  expect(told).toMatchObject({ exitCode: 0, errors: '' })
  expect(told.output).toMatch(/orders +8\n/)
  await using sql = new Bun.SQL(fresh.url, { max: 1 })
  expect(await sql`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`).toEqual([])

  await withTarget(async (database) => {
    await storeIn(database).seedProducts(PRODUCTS)
  })
  const refused = await move('--check')
  expect(refused.exitCode).toBe(1)
  expect(refused.errors).toContain('products that are not the samples')
})

test('a move that fails in the middle leaves the target as it was', async () => {
  await withEmbedded(fill)
  const database = openDatabase(folder.path)
  database.sqlite.run(`UPDATE order_stats SET count = count + 1 WHERE day = 'all'`)
  database.close()
  const told = await move()
  expect(told.exitCode).toBe(1)
  expect(told.errors).toContain('the figures are not those of the orders')
  await withTarget(async (target) => {
    expect(await storeIn(target).products()).toEqual([])
    expect((await storeIn(target).all({ limit: 1 })).items).toEqual([])
    const index = await target.sql`SELECT to_regclass('order_search_terms') IS NOT NULL AS there`
    expect(index).toEqual([{ there: true }])
  })
})

test('a move that is killed in the middle is begun anew, and nothing is missing or there twice', async () => {
  const before = await withEmbedded(async (store) => {
    await fill(store)
    return {
      stats: await store.stats(),
      ids: await walk((query: AdminQuery) => store.all(query), { limit: 3 }),
    }
  })
  await withTarget(async ({ sql }) => {
    const child = startMove()
    // Its orders are written when it comes to the figures, and has to wait.
    await sql
      .begin(async (tx) => {
        await tx`LOCK TABLE order_stats IN SHARE MODE`
        await within(progress(child.stderr, 'changes of orders: '), 'orders that are written')
        child.kill('SIGKILL')
        await child.exited
      })
      .finally(() => child.kill('SIGKILL'))
    expect(await sql`SELECT 1 FROM orders`).toEqual([])
  })
  expect(await move()).toMatchObject({ exitCode: 0 })
  await withTarget(async (database) => {
    const store = storeIn(database)
    expect(await store.stats()).toEqual(before.stats)
    expect(await walk((query: AdminQuery) => store.all(query), { limit: 3 })).toEqual(before.ids)
  })
})

test('a database that another program has tables in is left as it is', async () => {
  await withEmbedded(fill)
  await using sql = new Bun.SQL(fresh.url, { max: 1 })
  await sql`CREATE TABLE orders (id int, customer text)`
  const refused = async () => {
    for (const args of [['--check'], []]) {
      const told = await move(...args)
      expect(told.exitCode).toBe(1)
      expect(told.errors).toContain('the target has a table orders of another program')
    }
  }
  await refused()
  await sql`INSERT INTO orders VALUES (1, 'theirs')`
  await refused()
  expect(await sql`SELECT * FROM orders`).toEqual([{ id: 1, customer: 'theirs' }])
  const tables = await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
  expect(tables.map(({ tablename }: { tablename: string }) => tablename)).toEqual(['orders'])
})

test('a name that Postgres cannot keep is named', async () => {
  await withEmbedded(async (store) => {
    await store.seedProducts(PRODUCTS)
    await placed(store, undefined, { subject: 'a\0b', email: null })
  })
  const told = await move()
  expect(told.exitCode).toBe(1)
  expect(told.errors).toContain('holds the character U+0000 in its buyer_id')
})

test('the help is there, and unknown arguments are refused', async () => {
  expect(await move('--help')).toMatchObject({ exitCode: 0, errors: '' })
  expect((await move('--verbose')).exitCode).toBe(2)
  expect((await move('--check', 'now')).exitCode).toBe(2)
})
