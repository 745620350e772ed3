import { ALL_DAYS } from './statistics'
import type { IdempotencyKey } from './idempotency'
import { isNoKey } from './order-rows.postgres'
import type { Product } from './product'
import type { StatsRow } from './statistics'

/** Rows that one sweep deletes at most. */
const SWEEP_ROWS = 256

export interface KeptAnswer {
  readonly requestHash: string
  /** The order as it was placed, as JSON. */
  readonly answer: string
}

/**
 * Takes the key for this transaction: false where another one, on whatever node, has it. The lock ends
 * with the transaction, however that ends.
 */
export async function claimKey(
  tx: Bun.TransactionSQL,
  { subject, key }: IdempotencyKey,
): Promise<boolean> {
  const claim = BigInt.asIntN(64, Bun.hash.xxHash64(JSON.stringify([subject, key]), 0n))
  const [row] = await tx<{ claimed: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${String(claim)}::bigint) AS claimed`
  return row!.claimed
}

/** Must be asked after `claimKey`, in a statement of its own: only then it sees the last holder's. */
export async function readKey(
  tx: Bun.TransactionSQL,
  { subject, key }: IdempotencyKey,
  keptAfter: number,
): Promise<KeptAnswer | null> {
  const [row] = await tx<KeptAnswer[]>`
    SELECT request_hash AS "requestHash", answer FROM idempotency_keys
    WHERE subject = ${subject} AND key = ${key} AND kept_at > ${keptAfter}`
  return row ?? null
}

/** Takes the place of an outdated one that the sweep has not reached. */
export async function keepKey(
  tx: Bun.TransactionSQL,
  { subject, key, requestHash }: IdempotencyKey,
  answer: string,
  keptAt: number,
): Promise<void> {
  await tx`
    INSERT INTO idempotency_keys (subject, key, request_hash, answer, kept_at)
    VALUES (${subject}, ${key}, ${requestHash}, ${answer}, ${keptAt})
    ON CONFLICT (subject, key) DO UPDATE SET request_hash = excluded.request_hash,
      answer = excluded.answer, kept_at = excluded.kept_at`
}

/** Deletes outdated rows that nobody else is at. */
export async function sweep(
  tx: Bun.TransactionSQL,
  { keptBefore, minutesBefore }: { readonly keptBefore: number; readonly minutesBefore: number },
): Promise<void> {
  await tx`
    DELETE FROM idempotency_keys WHERE (subject, key) IN (
      SELECT subject, key FROM idempotency_keys WHERE kept_at <= ${keptBefore}
      ORDER BY kept_at LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED)`
  await tx`
    DELETE FROM order_minutes WHERE (minute, slot) IN (
      SELECT minute, slot FROM order_minutes WHERE minute < ${minutesBefore}
      ORDER BY minute LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED)`
}

/** The figures over all days and of one day, at one moment. */
export function readStats(
  sql: Bun.SQL,
  day: string,
): PromiseLike<readonly Omit<StatsRow, 'slot'>[]> {
  return sql<Omit<StatsRow, 'slot'>[]>`
    SELECT day, currency, status, sum(count)::float8 AS count, sum(amount)::float8 AS amount
    FROM order_stats WHERE day IN (${ALL_DAYS}, ${day}) GROUP BY day, currency, status`
}

export function readMinutes(
  sql: Bun.SQL,
  first: number,
): PromiseLike<readonly { readonly minute: number; readonly count: number }[]> {
  return sql<{ minute: number; count: number }[]>`
    SELECT minute::float8 AS minute, sum(count)::float8 AS count FROM order_minutes
    WHERE minute >= ${first} GROUP BY minute`
}

export async function readProducts(
  sql: Bun.SQL,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, Product>> {
  const wanted = [...new Set(productIds)].filter((id) => !isNoKey(id))
  const rows = await sql<Product[]>`
    SELECT ${productColumns(sql)} FROM products
    WHERE product_id = ANY (${sql.array(wanted, 'TEXT')})`
  return new Map(rows.map((row) => [row.id, row]))
}

export function readActiveProducts(sql: Bun.SQL): PromiseLike<readonly Product[]> {
  return sql<Product[]>`
    SELECT ${productColumns(sql)} FROM products WHERE active ORDER BY position`
}

export function readAllProducts(sql: Bun.SQL): PromiseLike<readonly Product[]> {
  return sql<Product[]>`SELECT ${productColumns(sql)} FROM products ORDER BY position`
}

/** The product of that id, and nobody else changes it until the transaction ends. */
export async function lockProduct(
  tx: Bun.TransactionSQL,
  productId: string,
): Promise<Product | null> {
  if (isNoKey(productId)) return null
  const [row] = await tx<Product[]>`
    SELECT ${productColumns(tx)} FROM products WHERE product_id = ${productId}
    FOR NO KEY UPDATE`
  return row ?? null
}

/** False where there is one of that id, once it is committed. */
export async function insertProduct(tx: Bun.TransactionSQL, product: Product): Promise<boolean> {
  const { id, name, description, price, currency, picture, active, version } = product
  const inserted = await tx`
    INSERT INTO products
      (product_id, name, description, price, currency, picture, active, version)
    VALUES
      (${id}, ${name}, ${description}, ${price}, ${currency}, ${picture}, ${active}, ${version})
    ON CONFLICT (product_id) DO NOTHING RETURNING 1`
  return inserted.length > 0
}

/** Always true: nothing takes products away. */
export async function updateProduct(tx: Bun.TransactionSQL, product: Product): Promise<boolean> {
  const { id, name, description, price, currency, picture, active, version } = product
  await tx`
    UPDATE products SET name = ${name}, description = ${description}, price = ${price},
      currency = ${currency}, picture = ${picture}, active = ${active}, version = ${version}
    WHERE product_id = ${id}`
  return true
}

/** Writes them where there are none, whatever other nodes do at the same moment. */
export async function insertFirstProducts(
  tx: Bun.TransactionSQL,
  products: readonly Product[],
): Promise<boolean> {
  await tx`LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE`
  const found = await tx`SELECT 1 FROM products LIMIT 1`
  if (found.length > 0) return false
  for (const product of products) await insertProduct(tx, product)
  return true
}

function productColumns(sql: Bun.SQL) {
  return sql`product_id AS id, name, description, price::float8 AS price, currency, picture, active,
    version`
}
