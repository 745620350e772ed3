import type { Database as Sqlite } from 'bun:sqlite'
import { searchColumns } from '../../server/orders/order-writes.postgres'
import type { Order } from '../../server/protocol/order'

/** A value of a column as it goes into a text of JSON. */
type Value = string | number | boolean | null | readonly string[]
type Row = Readonly<Record<string, Value>>

/** How the rows of one table get from SQLite into Postgres. */
export interface Table {
  readonly name: string
  /** For people. */
  readonly title: string
  /** The rows in SQLite, under the names of the columns in Postgres; the oldest first. */
  readonly select: string
  /** Columns with their types in Postgres. */
  readonly columns: Readonly<Record<string, string>>
  /** Where a column is not what it was. */
  readonly change?: (row: Row) => Row
  /** The column that numbers the rows by itself. */
  readonly numbered?: string
}

/** In the order in which they are moved. */
export const TABLES: readonly Table[] = [
  {
    name: 'products',
    title: 'products',
    select: `SELECT position, product_id, name, description, price, currency, picture, active, version
      FROM products ORDER BY position`,
    columns: {
      position: 'integer',
      product_id: 'text',
      name: 'text',
      description: 'text',
      price: 'bigint',
      currency: 'text',
      picture: 'text',
      active: 'boolean',
      version: 'integer',
    },
    change: (row) => ({ ...row, active: row.active === 1 }),
    numbered: 'position',
  },
  {
    name: 'orders',
    title: 'orders',
    select: 'SELECT seq, order_id, buyer_id, status, day, body FROM orders ORDER BY seq',
    columns: {
      seq: 'bigint',
      order_id: 'text',
      buyer_id: 'text',
      status: 'text',
      day: 'text',
      body: 'text',
    },
    numbered: 'seq',
  },
  {
    name: 'order_search',
    title: 'words of orders',
    select: 'SELECT seq, body FROM orders ORDER BY seq',
    columns: { seq: 'bigint', words: 'text', lexemes: 'tsvector' },
    change: ({ seq, body }) => ({
      seq: seq!,
      ...searchColumns(JSON.parse(body as string) as Order),
    }),
  },
  {
    name: 'order_changes',
    title: 'changes of orders',
    select: `SELECT order_id, version, status, at, by, reason FROM order_changes
      ORDER BY order_id, version`,
    columns: {
      order_id: 'text',
      version: 'integer',
      status: 'text',
      at: 'text',
      by: 'text',
      reason: 'text',
    },
    // A text for people: it does not fail for the one character that Postgres cannot hold.
    change: ({ reason, ...row }) => ({
      ...row,
      reason: typeof reason === 'string' ? reason.replaceAll('\0', '\ufffd') : null,
    }),
  },
  {
    name: 'order_stats',
    title: 'figures',
    select: 'SELECT day, currency, status, slot, count, amount FROM order_stats',
    columns: {
      day: 'text',
      currency: 'text',
      status: 'text',
      slot: 'smallint',
      count: 'bigint',
      amount: 'bigint',
    },
  },
  {
    name: 'order_minutes',
    title: 'figures of the last hour',
    select: 'SELECT minute, 0 AS slot, count FROM order_minutes',
    columns: { minute: 'bigint', slot: 'smallint', count: 'bigint' },
  },
  {
    name: 'idempotency_keys',
    title: 'idempotency keys',
    select: `SELECT subject, key, request_hash, answer, kept_at FROM idempotency_keys
      ORDER BY seq`,
    columns: {
      subject: 'text',
      key: 'text',
      request_hash: 'text',
      answer: 'text',
      kept_at: 'bigint',
    },
  },
  {
    name: 'revocations',
    title: 'revocations',
    select: `SELECT subject, before, until, row_number() OVER (ORDER BY subject) AS change
      FROM revocations`,
    columns: { subject: 'text', before: 'bigint', until: 'bigint', change: 'bigint' },
  },
]

export function countRows(sqlite: Sqlite, { select }: Table): number {
  return sqlite.query<{ n: number }, []>(`SELECT COUNT(*) AS n FROM (${select})`).get()!.n
}

/** Batches of rows, in the order of the table's `select`. */
export function* readRows(
  sqlite: Sqlite,
  { name, select, change = (row) => row }: Table,
  batch: number,
): Generator<readonly Row[]> {
  let rows: Row[] = []
  for (const row of sqlite.query<Row, []>(select).iterate()) {
    rows.push(refuseNul(name, change(row)))
    if (rows.length < batch) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

function refuseNul(table: string, row: Row): Row {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value !== 'string' || !value.includes('\0')) continue
    throw new Error(
      `a row of ${table} (${JSON.stringify(Object.values(row)[0])}) holds the character U+0000 in ` +
        `its ${column}, which Postgres cannot keep: change it before.`,
    )
  }
  return row
}

/** One statement for a batch: its rows are one text of JSON, and not thousands of parameters. */
export async function insertRows(
  tx: Bun.TransactionSQL,
  { name, columns }: Table,
  rows: readonly Row[],
): Promise<void> {
  const names = Object.keys(columns)
  // What JSON does not know comes in as a list, and is made in the statement.
  const values = names.map((column) =>
    columns[column] === 'tsvector'
      ? `array_to_tsvector(ARRAY(SELECT json_array_elements_text(${column})))`
      : column,
  )
  const types = names.map((column) =>
    columns[column] === 'tsvector' ? `${column} json` : `${column} ${columns[column]}`,
  )
  await tx.unsafe(
    `INSERT INTO ${name} (${names.join()}) SELECT ${values.join()}
     FROM json_to_recordset($1::text::json) AS r (${types.join()})`,
    [JSON.stringify(rows)],
  )
}
