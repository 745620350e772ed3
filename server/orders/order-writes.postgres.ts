import type { Order } from '../protocol/order'
import { serializeOrder, serializeStaffOnly } from './order-event'
import { shownOrderOf } from './order-rows.postgres'
import type { OrderRow } from './order-rows.postgres'
import { searchText } from './search'
import { wordsOf } from './search-words'
import type { DayOf } from './shop'
import { addUp, minuteOf, slotOf, statsDifference } from './statistics'
import type { StatsRow } from './statistics'

/** What a lexeme may be long at most, in bytes. */
const MAX_LEXEME_BYTES = 2_046

export interface OrderWrite {
  readonly order: Order
  /** The row that it takes the place of, read with a lock in the same transaction; null: a new order. */
  readonly before: OrderRow | null
  /** Who made this version. */
  readonly by: string
  readonly dayOf: DayOf
  /** Writes what else belongs to it (its event, a key), given the order's JSON. */
  readonly also?: (body: string) => Promise<unknown>
}

/**
 * Writes an order's next version and all that changes together with it: words, history, figures. Rows
 * that many orders share come last and in one order, so that writers wait for each other as shortly
 * as can be, and never in a circle.
 */
export async function writeOrder(tx: Bun.TransactionSQL, write: OrderWrite): Promise<void> {
  const { order, before, dayOf } = write
  const body = serializeOrder(order)
  const known = before && { day: before.day, order: shownOrderOf(before) }
  const day = known?.day ?? dayOf(new Date(order.createdAt))
  // Sent at once and carried out one after the other.
  await Promise.all([
    before ? updateOrder(tx, order, body) : insertOrder(tx, order, day, body),
    insertChange(tx, write),
    write.also?.(body),
    addToStats(tx, addUp(statsDifference(known, { day, order }))),
    before ? null : countMinute(tx, order),
  ])
}

function insertOrder(tx: Bun.TransactionSQL, order: Order, day: string, body: string) {
  const { words, lexemes } = searchColumns(order)
  return tx`
    WITH placed AS (
      INSERT INTO orders (order_id, buyer_id, status, day, body, staff_only)
      VALUES (${order.orderId}, ${order.buyerId}, ${order.status}, ${day}, ${body},
        ${serializeStaffOnly(order)})
      RETURNING seq
    )
    INSERT INTO order_search (seq, words, lexemes)
    SELECT seq, ${words}, array_to_tsvector(${tx.array(lexemes, 'TEXT')}) FROM placed`
}

/** What it is found by, and when it was placed, no change of ours touches. */
function updateOrder(tx: Bun.TransactionSQL, order: Order, body: string) {
  // What events had told of it before (fold) is overtaken.
  return tx`
    UPDATE orders SET status = ${order.status}, body = ${body},
      staff_only = ${serializeStaffOnly(order)}, fold = NULL
    WHERE order_id = ${order.orderId}`
}

export function searchColumns(order: Order): {
  readonly words: string
  readonly lexemes: string[]
} {
  const words = wordsOf(searchText(order))
  return {
    words: words.map((word) => ` ${word}`).join(''),
    lexemes: [...new Set(words.map(lexemeOf))],
  }
}

/** The word, or as much of it as the index takes. */
export function lexemeOf(word: string): string {
  if (word.length * 3 <= MAX_LEXEME_BYTES) return word
  const bytes = Buffer.from(word).subarray(0, MAX_LEXEME_BYTES)
  // A character that was cut in two would become another: it is left out.
  return new TextDecoder().decode(bytes, { stream: true })
}

function insertChange(tx: Bun.TransactionSQL, { order, by }: OrderWrite) {
  return tx`
    INSERT INTO order_changes (order_id, version, status, at, by, reason)
    VALUES (${order.orderId}, ${order.version}, ${order.status}, ${order.updatedAt}, ${by},
      ${order.reason ?? null})`
}

export async function addToStats(tx: Bun.TransactionSQL, rows: readonly StatsRow[]): Promise<void> {
  if (rows.length === 0) return
  const column = <Name extends keyof StatsRow>(name: Name) => rows.map((row) => row[name])
  await tx`
    INSERT INTO order_stats (day, currency, status, slot, count, amount)
    SELECT * FROM unnest(
      ${tx.array(column('day'), 'TEXT')}, ${tx.array(column('currency'), 'TEXT')},
      ${tx.array(column('status'), 'TEXT')}, ${tx.array(column('slot'), 'SMALLINT')},
      ${tx.array(column('count'), 'BIGINT')}, ${tx.array(column('amount'), 'BIGINT')})
    ON CONFLICT (day, currency, status, slot) DO UPDATE
    SET count = order_stats.count + excluded.count, amount = order_stats.amount + excluded.amount`
}

function countMinute(tx: Bun.TransactionSQL, { orderId, createdAt }: Order) {
  return tx`
    INSERT INTO order_minutes (minute, slot, count)
    VALUES (${minuteOf(new Date(createdAt))}, ${slotOf(orderId)}, 1)
    ON CONFLICT (minute, slot) DO UPDATE SET count = order_minutes.count + 1`
}
