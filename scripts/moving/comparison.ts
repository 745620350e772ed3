import type { Database as Sqlite } from 'bun:sqlite'

/** Questions that both sides must answer alike: the same SQL to both of them. */
const QUESTIONS: Readonly<Record<string, string>> = {
  products: `SELECT count(*) AS n, sum(price) AS prices, max(position) AS last,
    count(picture) AS pictures, sum(version) AS versions FROM products`,
  orders: 'SELECT count(*) AS n, sum(length(body)) AS characters, max(seq) AS last FROM orders',
  'orders by status': 'SELECT status, count(*) AS n FROM orders GROUP BY status ORDER BY status',
  'orders by day': 'SELECT day, count(*) AS n FROM orders GROUP BY day ORDER BY day',
  customers: 'SELECT count(DISTINCT buyer_id) AS n, count(buyer_id) AS orders FROM orders',
  'words of orders': 'SELECT count(*) AS n, sum(seq) AS seqs FROM order_search',
  'changes of orders': 'SELECT count(*) AS n, sum(version) AS versions FROM order_changes',
  figures: `SELECT day, currency, status, sum(count) AS orders, sum(amount) AS amount
    FROM order_stats GROUP BY day, currency, status ORDER BY day, currency, status`,
  'figures of the last hour': 'SELECT minute, count FROM order_minutes ORDER BY minute',
  'idempotency keys': `SELECT count(*) AS n, sum(length(answer)) AS characters,
    sum(kept_at) AS kept FROM idempotency_keys`,
  revocations: 'SELECT count(*) AS n, sum(before) AS before, sum(until) AS until FROM revocations',
}

/** What SQLite's table of words cannot be asked. */
const ASKED_OF_SQLITE: Readonly<Record<string, string>> = {
  'words of orders': 'SELECT count(*) AS n, sum(seq) AS seqs FROM orders',
}

/** The figures are what a recount of the orders finds. */
const RECOUNT = `SELECT status, sum(n) AS wrong_by FROM (
    SELECT status, count(*) AS n FROM orders GROUP BY status
    UNION ALL SELECT status, -sum(count) FROM order_stats WHERE day = 'all' GROUP BY status
  ) both_ways GROUP BY status HAVING sum(n) <> 0`

/** What the two sides answer differently, in sentences; none where the move is complete. */
export async function differences(sqlite: Sqlite, sql: Bun.SQL): Promise<readonly string[]> {
  const found: string[] = []
  for (const [about, question] of Object.entries(QUESTIONS)) {
    const here = textOf(sqlite.query<object, []>(ASKED_OF_SQLITE[about] ?? question).all())
    const there = textOf(await sql.unsafe<object[]>(question))
    if (here !== there) found.push(`${about}: ${here} in the data folder, ${there} in the target.`)
  }
  const miscounted = await sql.unsafe<object[]>(RECOUNT)
  if (miscounted.length > 0) {
    found.push(`the figures are not those of the orders: ${JSON.stringify(miscounted)}.`)
  }
  return found
}

/** Postgres gives big integers as texts. */
function textOf(rows: readonly object[]): string {
  const isInteger = (value: unknown) => typeof value === 'string' && /^-?\d+$/.test(value)
  return JSON.stringify(
    rows.map((row) =>
      Object.values(row).map((value: unknown) => (isInteger(value) ? Number(value) : value)),
    ),
  )
}
