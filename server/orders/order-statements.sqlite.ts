import type { Database as Sqlite } from 'bun:sqlite'
import type { OrderChange } from '../protocol/order'
import type { OrderStatus } from '../protocol/order-status'
import type { Product } from './product'
import type { StatsRow } from './statistics'

export interface OrderRow {
  readonly seq: number
  readonly orderId: string
  readonly buyerId: string | null
  readonly day: string
  readonly body: string
}

interface ChangeRow extends Omit<OrderChange, 'reason'> {
  readonly reason: string | null
}

interface ProductRow extends Omit<Product, 'active'> {
  readonly active: 0 | 1
}

interface Walk {
  readonly before: number
  readonly limit: number
}

/** What binds to a statement: a type alias, because an interface is no record. */
type Bound<T> = { [Member in keyof T]: T[Member] }

export type Statements = ReturnType<typeof prepareStatements>

const ORDER = 'o.seq, o.order_id AS orderId, o.buyer_id AS buyerId, o.day, o.body'
const PRODUCT = 'product_id AS id, name, description, price, currency, picture, active, version'
const NEWEST_FIRST = 'ORDER BY o.seq DESC LIMIT $limit'

/** Every statement of the store, prepared once. */
export function prepareStatements(sqlite: Sqlite) {
  return {
    ...prepareWrites(sqlite),
    ...prepareReads(sqlite),
    ...prepareKeys(sqlite),
    ...prepareProducts(sqlite),
  }
}

function prepareWrites(sqlite: Sqlite) {
  return {
    insertOrder: sqlite.prepare<
      null,
      { orderId: string; buyerId: string | null; status: OrderStatus; day: string; body: string }
    >(
      `INSERT INTO orders (order_id, buyer_id, status, day, body)
       VALUES ($orderId, $buyerId, $status, $day, $body)`,
    ),
    updateOrder: sqlite.prepare<null, { orderId: string; status: OrderStatus; body: string }>(
      'UPDATE orders SET status = $status, body = $body WHERE order_id = $orderId',
    ),
    insertChange: sqlite.prepare<null, Bound<ChangeRow & { orderId: string }>>(
      `INSERT INTO order_changes (order_id, version, status, at, by, reason)
       VALUES ($orderId, $version, $status, $at, $by, $reason)`,
    ),
    insertWords: sqlite.prepare<null, { seq: number | bigint; words: string }>(
      'INSERT INTO order_search (rowid, words) VALUES ($seq, $words)',
    ),
    addToStats: sqlite.prepare<null, Bound<StatsRow>>(
      `INSERT INTO order_stats (day, currency, status, slot, count, amount)
       VALUES ($day, $currency, $status, $slot, $count, $amount)
       ON CONFLICT DO UPDATE SET count = count + excluded.count, amount = amount + excluded.amount`,
    ),
    countMinute: sqlite.prepare<null, { minute: number }>(
      `INSERT INTO order_minutes (minute, count) VALUES ($minute, 1)
       ON CONFLICT DO UPDATE SET count = count + 1`,
    ),
    sweepMinutes: sqlite.prepare<null, Bound<Walk>>(
      `DELETE FROM order_minutes WHERE minute IN (
         SELECT minute FROM order_minutes WHERE minute < $before LIMIT $limit)`,
    ),
  }
}

function prepareReads(sqlite: Sqlite) {
  const changes = sqlite.prepare<ChangeRow, { orderId: string }>(
    `SELECT version, status, at, by, reason FROM order_changes
     WHERE order_id = $orderId ORDER BY version`,
  )
  return {
    changesOf: (orderId: string): OrderChange[] =>
      changes.all({ orderId }).map(({ reason, ...change }) => ({
        ...change,
        ...(reason !== null && { reason }),
      })),
    orderById: sqlite.prepare<OrderRow, { orderId: string }>(
      `SELECT ${ORDER} FROM orders o WHERE o.order_id = $orderId`,
    ),
    ordersOfBuyer: sqlite.prepare<OrderRow, Bound<Walk & { buyerId: string }>>(
      `SELECT ${ORDER} FROM orders o
       WHERE o.buyer_id = $buyerId AND o.seq < $before ${NEWEST_FIRST}`,
    ),
    orders: sqlite.prepare<OrderRow, Bound<Walk>>(
      `SELECT ${ORDER} FROM orders o WHERE o.seq < $before ${NEWEST_FIRST}`,
    ),
    ordersInStatus: sqlite.prepare<OrderRow, Bound<Walk & { status: OrderStatus }>>(
      `SELECT ${ORDER} FROM orders o
       WHERE o.status = $status AND o.seq < $before ${NEWEST_FIRST}`,
    ),
    ordersMatching: sqlite.prepare<OrderRow, Bound<Walk & { match: string }>>(
      `SELECT ${ORDER} FROM order_search s CROSS JOIN orders o ON o.seq = s.rowid
       WHERE s.words MATCH $match AND s.rowid < $before ORDER BY s.rowid DESC LIMIT $limit`,
    ),
    ordersMatchingInStatus: sqlite.prepare<
      OrderRow,
      Bound<Walk & { match: string; status: OrderStatus }>
    >(
      `SELECT ${ORDER} FROM order_search s CROSS JOIN orders o ON o.seq = s.rowid
       WHERE s.words MATCH $match AND s.rowid < $before AND o.status = $status
       ORDER BY s.rowid DESC LIMIT $limit`,
    ),
    statsOfDay: sqlite.prepare<Omit<StatsRow, 'day' | 'slot'>, { day: string }>(
      `SELECT currency, status, SUM(count) AS count, SUM(amount) AS amount FROM order_stats
       WHERE day = $day GROUP BY currency, status`,
    ),
    minutesFrom: sqlite.prepare<{ minute: number; count: number }, { first: number }>(
      'SELECT minute, count FROM order_minutes WHERE minute >= $first',
    ),
  }
}

function prepareKeys(sqlite: Sqlite) {
  return {
    keptKey: sqlite.prepare<
      { requestHash: string; answer: string },
      { subject: string; key: string; after: number }
    >(
      `SELECT request_hash AS requestHash, answer FROM idempotency_keys
       WHERE subject = $subject AND key = $key AND kept_at > $after`,
    ),
    /** Takes the place of an outdated one that the sweep has not reached. */
    keepKey: sqlite.prepare<
      null,
      { subject: string; key: string; requestHash: string; answer: string; keptAt: number }
    >(
      `INSERT OR REPLACE INTO idempotency_keys (subject, key, request_hash, answer, kept_at)
       VALUES ($subject, $key, $requestHash, $answer, $keptAt)`,
    ),
    sweepKeys: sqlite.prepare<null, Bound<Walk>>(
      `DELETE FROM idempotency_keys WHERE kept_at <= $before AND seq IN (
         SELECT seq FROM idempotency_keys ORDER BY seq LIMIT $limit)`,
    ),
  }
}

function prepareProducts(sqlite: Sqlite) {
  const byId = sqlite.prepare<ProductRow, { id: string }>(
    `SELECT ${PRODUCT} FROM products WHERE product_id = $id`,
  )
  const active = sqlite.prepare<ProductRow, []>(
    `SELECT ${PRODUCT} FROM products WHERE active = 1 ORDER BY position`,
  )
  const all = sqlite.prepare<ProductRow, []>(`SELECT ${PRODUCT} FROM products ORDER BY position`)
  const insert = sqlite.prepare<null, Bound<ProductRow>>(
    `INSERT INTO products
       (product_id, name, description, price, currency, picture, active, version)
     VALUES ($id, $name, $description, $price, $currency, $picture, $active, $version)`,
  )
  const update = sqlite.prepare<null, Bound<ProductRow>>(
    `UPDATE products SET name = $name, description = $description, price = $price,
       currency = $currency, picture = $picture, active = $active, version = $version
     WHERE product_id = $id`,
  )
  return {
    productsById(productIds: readonly string[]): ReadonlyMap<string, Product> {
      const found = new Map<string, Product>()
      for (const id of new Set(productIds)) {
        const row = byId.get({ id })
        if (row) found.set(id, productOf(row))
      }
      return found
    },
    activeProducts: (): readonly Product[] => active.all().map(productOf),
    allProducts: (): readonly Product[] => all.all().map(productOf),
    anyProduct: sqlite.prepare<{ found: 1 }, []>('SELECT 1 AS found FROM products LIMIT 1'),
    insertProduct: (product: Product) => void insert.run(rowOf(product)),
    updateProduct: (product: Product) => void update.run(rowOf(product)),
  }
}

function rowOf(product: Product): Bound<ProductRow> {
  return { ...product, active: product.active ? 1 : 0 }
}

function productOf({ active, ...row }: ProductRow): Product {
  return { ...row, active: active === 1 }
}
