import type { Order, OrderChange } from '../protocol/order'

/** A row of the table `orders`. */
export interface OrderRow {
  readonly seq: number
  readonly orderId: string
  readonly buyerId: string | null
  readonly day: string
  readonly body: string
  readonly staffOnly: string
}

interface ChangeRow extends Omit<OrderChange, 'reason'> {
  readonly reason: string | null
}

/** The columns of `OrderRow`, of `orders` under the name `o`. */
export function orderColumns(sql: Bun.SQL) {
  return sql`o.seq::float8 AS seq, o.order_id AS "orderId", o.buyer_id AS "buyerId", o.day, o.body,
    o.staff_only AS "staffOnly"`
}

/** The order of that id; null where there is none. */
export async function readOrder(sql: Bun.SQL, orderId: string): Promise<OrderRow | null> {
  if (isNoKey(orderId)) return null
  const [row] = await sql<OrderRow[]>`
    SELECT ${orderColumns(sql)} FROM orders o WHERE o.order_id = ${orderId}`
  return row ?? null
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockOrder(tx: Bun.TransactionSQL, orderId: string): Promise<OrderRow | null> {
  if (isNoKey(orderId)) return null
  const [row] = await tx<OrderRow[]>`
    SELECT ${orderColumns(tx)} FROM orders o WHERE o.order_id = ${orderId} FOR NO KEY UPDATE`
  return row ?? null
}

export async function readChanges(sql: Bun.SQL, orderId: string): Promise<OrderChange[]> {
  const rows = await sql<ChangeRow[]>`
    SELECT version, status, at, by, reason FROM order_changes
    WHERE order_id = ${orderId} ORDER BY version`
  return rows.map(({ reason, ...change }) => ({ ...change, ...(reason !== null && { reason }) }))
}

/** The order with what staff alone see. */
export function wholeOrderOf({ body, staffOnly }: OrderRow): Order {
  const order = JSON.parse(body) as Order
  return staffOnly === '' ? order : { ...order, ...(JSON.parse(`{${staffOnly}}`) as object) }
}

/** The order as its customer may see it. */
export function shownOrderOf({ body }: Pick<OrderRow, 'body'>): Order {
  return JSON.parse(body) as Order
}

/** Postgres holds no U+0000, so nothing is kept under such a key. */
export function isNoKey(key: string): boolean {
  return key.includes('\0')
}
