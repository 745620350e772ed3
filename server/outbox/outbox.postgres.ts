import type { OrderEvent } from '../event-log/event-log'
import type { PostgresDatabase } from '../lib/database.postgres'
import type { EventName } from '../protocol/frames'
import type { Order } from '../protocol/order'
import { encodeOrderRecord } from './order-record'
import type { Backlog, Outbox, OutboxRow } from './outbox'

const CHANNEL = 'outbox'

/**
 * Writes the record of an order's change in the order's own transaction, for the relay, which is
 * woken once that is committed.
 */
export async function writeToOutbox(
  tx: Bun.TransactionSQL,
  { name }: Pick<OrderEvent, 'name'>,
  order: Order,
): Promise<void> {
  await tx`
    WITH written AS (
      INSERT INTO outbox (aggregateid, type, payload, event_id)
      VALUES (${order.orderId}, ${typeOf(name)}, ${encodeOrderRecord(order)}, ${eventId(order)})
    )
    SELECT pg_notify(${CHANNEL}, '') FROM outbox_lease WHERE wake_ups`
}

/**
 * Writes the record for a reader of the database's write-ahead log (Debezium) instead: the row is
 * deleted in the same transaction, so that it passes through that log and nothing is left behind.
 */
export async function writeToCapturedOutbox(
  tx: Bun.TransactionSQL,
  { name }: Pick<OrderEvent, 'name'>,
  order: Order,
): Promise<void> {
  const [row] = await tx<{ seq: string }[]>`
    INSERT INTO outbox (aggregateid, type, payload, event_id)
    VALUES (${order.orderId}, ${typeOf(name)}, ${encodeOrderRecord(order)}, ${eventId(order)})
    RETURNING seq`
  await tx`DELETE FROM outbox WHERE seq = ${row!.seq}`
}

/** The outbox in the database of the orders. */
export function openPostgresOutbox(database: PostgresDatabase): Outbox {
  return {
    lease: (holder, forMs) =>
      database.query(async (sql) => {
        const taken = await sql`
          UPDATE outbox_lease
          SET holder = ${holder}, held_until = clock_timestamp() + ${forMs} * interval '1 ms'
          WHERE holder = ${holder} OR held_until < clock_timestamp()
          RETURNING one`
        return taken.length > 0
      }),

    release: (holder) =>
      database.query(async (sql) => {
        await sql`
          WITH released AS (
            UPDATE outbox_lease SET held_until = '-infinity', wake_ups = true
            WHERE holder = ${holder}
            RETURNING one
          )
          SELECT pg_notify(${CHANNEL}, '') FROM released`
      }),

    wakeUps: (holder, on) =>
      database.query(async (sql) => {
        await sql`UPDATE outbox_lease SET wake_ups = ${on} WHERE holder = ${holder}`
      }),

    unsent: (limit) =>
      database.query(async (sql) => {
        const rows = await sql<UnsentRow[]>`
          SELECT seq, type, aggregateid AS "orderId", event_id AS "eventId", payload AS value,
            (extract(epoch FROM created_at) * 1000)::float8 AS at
          FROM outbox
          WHERE sent_at IS NULL AND parked_at IS NULL
          ORDER BY seq
          LIMIT ${limit}`
        return rows.map(({ type, seq, ...row }) => ({
          ...row,
          seq: Number(seq),
          name: type.slice(TYPE_PREFIX.length) as EventName,
        }))
      }),

    markSent: (seqs) =>
      database.query(async (sql) => {
        await sql`UPDATE outbox SET sent_at = now() WHERE seq = ANY(${listOf(seqs)}::bigint[])`
      }),

    park: (seq, reason) =>
      database.query(async (sql) => {
        await sql`
          UPDATE outbox SET parked_at = now(), parked_reason = ${reason}
          WHERE seq = ${seq} AND sent_at IS NULL`
      }),

    backlog: () => database.query(readBacklog),

    sweep: (sentBefore, limit) =>
      database.query(async (sql) => {
        const swept = await sql`
          WITH oldest AS (
            SELECT seq, sent_at FROM outbox WHERE sent_at IS NOT NULL ORDER BY seq LIMIT ${limit}
          )
          DELETE FROM outbox USING oldest
          WHERE outbox.seq = oldest.seq AND oldest.sent_at < ${new Date(sentBefore)}
          RETURNING 1`
        return swept.length
      }),

    listen: (written, signal) => database.listen(CHANNEL, written, signal),
  }
}

interface UnsentRow extends Omit<OutboxRow, 'seq' | 'name'> {
  readonly seq: string
  readonly type: string
}

const TYPE_PREFIX = 'order.'

function typeOf(name: EventName): string {
  return `${TYPE_PREFIX}${name}`
}

function eventId({ orderId, version }: Order): string {
  return `${orderId}@${version}`
}

function listOf(seqs: readonly number[]): string {
  return `{${seqs.join()}}`
}

/**
 * The age is the database's own, so that its clock need not be this machine's. The limits bound the
 * cost, and have the planner take the small indexes also where it knows nothing of the table yet;
 * written out, because it plans for any limit where that is a parameter.
 */
async function readBacklog(sql: Bun.SQL): Promise<Backlog> {
  const [row] = await sql<{ unsent: number; oldestAgeMs: number | null; parked: number }[]>`
    SELECT
      (
        SELECT count(*)
        FROM (
          SELECT seq FROM outbox WHERE sent_at IS NULL AND parked_at IS NULL
          ORDER BY seq LIMIT 100000
        ) AS waiting
      )::float8 AS unsent,
      (
        SELECT count(*)
        FROM (
          SELECT seq FROM outbox WHERE parked_at IS NOT NULL ORDER BY seq LIMIT 1000
        ) AS parked
      )::float8 AS parked,
      (
        SELECT extract(epoch FROM (clock_timestamp() AT TIME ZONE 'utc') - created_at) * 1000
        FROM outbox
        WHERE sent_at IS NULL AND parked_at IS NULL
        ORDER BY seq
        LIMIT 1
      )::float8 AS "oldestAgeMs"`
  const { unsent, parked, oldestAgeMs } = row!
  const oldestAt = oldestAgeMs === null ? null : Math.round(Date.now() - oldestAgeMs)
  return { unsent, parked, oldestAt }
}
