import { SAMPLE_PRODUCTS } from '../../server/orders/seed'
import { TABLES } from './tables'

/** Tables that hold nothing in a shop that nobody has used yet. */
const EMPTY_AT_FIRST = [
  'orders',
  'order_changes',
  'idempotency_keys',
  'revocations',
  'outbox',
  'projection_checkpoints',
] as const

const LOCK_TIMEOUT_SECONDS = 5
const LOCK_NOT_AVAILABLE = '55P03'

interface ProductRow {
  readonly id: string
  readonly name: string
  readonly price: number
  readonly version: number
}

/** Why nothing can be moved there, in a sentence; null where it can. */
export async function whatStandsInTheWay(sql: Bun.SQL): Promise<string | null> {
  return (await isOurs(sql)) ? whatIsInUse(sql) : whatIsForeign(sql)
}

/** Whether an Orderwire made its tables there. */
async function isOurs(sql: Bun.SQL): Promise<boolean> {
  const found = await sql`
    SELECT 1 FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = 'migrations' AND column_name = 'sha256'`
  return found.length > 0
}

async function whatIsForeign(sql: Bun.SQL): Promise<string | null> {
  for (const name of ['migrations', 'outbox', ...TABLES.map((table) => table.name)]) {
    if (await isThere(sql, name)) {
      return `the target has a table ${name} of another program: name a database of its own.`
    }
  }
  return null
}

async function whatIsInUse(sql: Bun.SQL): Promise<string | null> {
  for (const name of EMPTY_AT_FIRST) {
    if (await isThere(sql, name)) {
      const found = await sql`SELECT 1 FROM ${sql(name)} LIMIT 1`
      if (found.length > 0) return `the target is in use: its table ${name} is not empty.`
    }
  }
  if (!(await isThere(sql, 'products'))) return null
  const products = await sql<ProductRow[]>`
    SELECT product_id AS id, name, price::float8 AS price,
      -- Tables of an older Orderwire have no versions yet, and nobody could change products there.
      coalesce((to_jsonb(products) ->> 'version')::int, 1) AS version
    FROM products ORDER BY position`
  const isSample = ({ id, name, price, version }: ProductRow, index: number) => {
    const sample = SAMPLE_PRODUCTS[index]
    const isTheSame = sample?.id === id && sample.name === name && sample.price === price
    return isTheSame && version === 1
  }
  return products.every(isSample)
    ? null
    : 'the target is in use: it holds products that are not the samples.'
}

async function isThere(sql: Bun.SQL, table: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    SELECT to_regclass(${table}) IS NOT NULL AS found`
  return row!.found
}

/** Nobody writes beside us until the transaction ends; it may take as long as it takes. */
export async function takeForOurselves(tx: Bun.TransactionSQL): Promise<void> {
  await tx.unsafe(`
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = '${LOCK_TIMEOUT_SECONDS}s'`)
  try {
    await tx.unsafe(`LOCK TABLE ${[...EMPTY_AT_FIRST, 'products'].join()} IN EXCLUSIVE MODE`)
  } catch (cause) {
    if (!(cause instanceof Bun.SQL.PostgresError) || cause.errno !== LOCK_NOT_AVAILABLE) throw cause
    throw new Error('somebody writes to the target: stop every process that uses it.', { cause })
  }
}

/**
 * Takes the index of words away and answers what puts it back: to build it at once takes a fraction of
 * what it takes to add to it word by word.
 */
export async function withoutWordIndex(tx: Bun.TransactionSQL): Promise<() => Promise<unknown>> {
  const [index] = await tx<{ definition: string }[]>`
    SELECT pg_get_indexdef('order_search_terms'::regclass) AS definition`
  await tx`DROP INDEX order_search_terms`
  return () => tx.unsafe(index!.definition)
}

/** Goes on counting where the moved rows end. */
export async function setNumbers(tx: Bun.TransactionSQL): Promise<void> {
  for (const { name, numbered } of TABLES) {
    if (numbered === undefined) continue
    await tx.unsafe(
      `SELECT setval(pg_get_serial_sequence('${name}', '${numbered}'), max(${numbered}))
       FROM ${name} HAVING count(*) > 0`,
    )
  }
  await tx`UPDATE revocation_changes SET count = (SELECT count(*) FROM revocations)`
}
