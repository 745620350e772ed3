import type { Checkpoint, Partition } from '../event-log/event-log'
import type { Order } from '../protocol/order'
import { serializeStaffOnly } from './order-event'
import { orderColumns, wholeOrderOf, type OrderRow } from './order-rows.postgres'
import { searchColumns } from './order-writes.postgres'
import type { BatchWrites, KnownOrder, MinuteCount, OrderToWrite } from './projection-batch'

/**
 * Statements of whole batches. Rows come as one text of JSON each: a parameter a value would be
 * tens of thousands.
 */

type Tx = Bun.TransactionSQL

interface FoldedRow extends OrderRow {
  readonly fold: string | null
}

interface CheckpointRow extends Checkpoint {
  readonly partition: Partition
}

export async function readCheckpoints(sql: Bun.SQL): Promise<ReadonlyMap<Partition, Checkpoint>> {
  const rows = await sql<CheckpointRow[]>`
    SELECT partition, "offset"::float8 AS "offset", fingerprint FROM projection_checkpoints`
  return new Map(rows.map(({ partition, ...checkpoint }) => [partition, checkpoint]))
}

/** The partition's checkpoint; nobody else moves it until the transaction ends. */
export async function lockCheckpoint(tx: Tx, partition: Partition): Promise<Checkpoint | null> {
  const [row] = await tx<Checkpoint[]>`
    SELECT "offset"::float8 AS "offset", fingerprint FROM projection_checkpoints
    WHERE partition = ${partition} FOR UPDATE`
  return row ?? null
}

/** Never back: a repeat, or a worker that has been overtaken, leaves it where it is. */
export async function advanceCheckpoint(
  tx: Tx,
  partition: Partition,
  { offset, fingerprint }: Checkpoint,
): Promise<void> {
  await tx`
    INSERT INTO projection_checkpoints AS known (partition, "offset", fingerprint)
    VALUES (${partition}, ${offset}, ${fingerprint})
    ON CONFLICT (partition) DO UPDATE
    SET "offset" = excluded."offset", fingerprint = excluded.fingerprint
    WHERE excluded."offset" > known."offset"`
}

export async function setCheckpoint(
  tx: Tx,
  partition: Partition,
  checkpoint: Checkpoint | null,
): Promise<void> {
  await tx`DELETE FROM projection_checkpoints WHERE partition = ${partition}`
  if (checkpoint) await advanceCheckpoint(tx, partition, checkpoint)
}

/**
 * Those of the orders that there are, by id; nobody else changes them until the transaction ends. They
 * are locked in the order of their ids: two batches wait for each other, and never in a circle.
 */
export async function lockOrders(
  tx: Tx,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, KnownOrder>> {
  const rows = await tx<FoldedRow[]>`
    SELECT ${orderColumns(tx)}, o.fold FROM orders o
    WHERE o.order_id IN (SELECT json_array_elements_text(${JSON.stringify(orderIds)}::text::json))
    ORDER BY o.order_id FOR NO KEY UPDATE OF o`
  return new Map(
    rows.map((row) => {
      const { orderId, day, body, fold } = row
      return [orderId, { day, body, fold, order: wholeOrderOf(row) }]
    }),
  )
}

/**
 * Places the orders in the order given. False, and none is to be kept, where somebody else has placed
 * one of them meanwhile.
 */
export async function insertOrders(tx: Tx, placed: BatchWrites['placed']): Promise<boolean> {
  if (placed.length === 0) return true
  const rows = placed.map((write) => ({ ...columnsOf(write), ...searchColumns(write.order) }))
  // The numbers follow the order of the batch, the locks that of the ids.
  const [inserted] = await tx<{ count: number }[]>`
    WITH given AS MATERIALIZED (
      SELECT nextval(pg_get_serial_sequence('orders', 'seq')) AS seq, r.*
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (
        order_id text, buyer_id text, status text, day text, body text, staff_only text, fold text,
        words text, lexemes json)
    ), placed AS (
      INSERT INTO orders (seq, order_id, buyer_id, status, day, body, staff_only, fold)
      SELECT seq, order_id, buyer_id, status, day, body, staff_only, fold FROM given
      ORDER BY order_id COLLATE "C"
      ON CONFLICT (order_id) DO NOTHING
      RETURNING seq
    ), searched AS (
      INSERT INTO order_search (seq, words, lexemes)
      SELECT seq, words, array_to_tsvector(ARRAY(SELECT json_array_elements_text(lexemes)))
      FROM given JOIN placed USING (seq)
    )
    SELECT count(*)::int AS count FROM placed`
  return inserted?.count === placed.length
}

/** Of orders that are locked. */
export async function updateOrders(tx: Tx, changed: BatchWrites['changed']): Promise<void> {
  if (changed.length === 0) return
  await tx`
    UPDATE orders o SET buyer_id = r.buyer_id, status = r.status, day = r.day, body = r.body,
      staff_only = r.staff_only, fold = r.fold
    FROM json_to_recordset(${JSON.stringify(changed.map(columnsOf))}::text::json) AS r (
      order_id text, buyer_id text, status text, day text, body text, staff_only text, fold text)
    WHERE o.order_id = r.order_id`
}

export async function updateWords(tx: Tx, reworded: readonly Order[]): Promise<void> {
  if (reworded.length === 0) return
  const rows = reworded.map((order) => ({ order_id: order.orderId, ...searchColumns(order) }))
  await tx`
    UPDATE order_search s
    SET words = r.words, lexemes = array_to_tsvector(ARRAY(SELECT json_array_elements_text(r.lexemes)))
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (
      order_id text, words text, lexemes json)
    JOIN orders o ON o.order_id = r.order_id
    WHERE s.seq = o.seq`
}

export async function insertChanges(tx: Tx, history: BatchWrites['history']): Promise<void> {
  if (history.length === 0) return
  const rows = history.map(({ orderId, ...change }) => ({ order_id: orderId, ...change }))
  await tx`
    INSERT INTO order_changes (order_id, version, status, at, by, reason)
    SELECT order_id, version, status, at, by, reason
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (
      order_id text, version integer, status text, at text, by text, reason text)`
}

export async function addToMinutes(tx: Tx, minutes: readonly MinuteCount[]): Promise<void> {
  if (minutes.length === 0) return
  await tx`
    INSERT INTO order_minutes AS known (minute, slot, count)
    SELECT minute, slot, count FROM json_to_recordset(${JSON.stringify(minutes)}::text::json) AS r (
      minute bigint, slot smallint, count bigint)
    ON CONFLICT (minute, slot) DO UPDATE SET count = known.count + excluded.count`
}

function columnsOf({ order, day, body, fold }: OrderToWrite) {
  const { orderId: order_id, buyerId: buyer_id, status } = order
  return { order_id, buyer_id, status, day, body, staff_only: serializeStaffOnly(order), fold }
}
