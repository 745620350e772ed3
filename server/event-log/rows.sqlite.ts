import type { Database as Sqlite } from 'bun:sqlite'
import type { Cursor } from '../protocol/cursor'
import type { EventName } from '../protocol/frames'
import type { EntryKind, LogEntry } from './event-log'

/** One row of `log_entries`. */
export interface EntryRow {
  readonly id: number
  readonly tag: string
  readonly prev_tag: string
  readonly source: string
  readonly at: number
  readonly kind: EntryKind
  readonly name: EventName | null
  readonly customer: string | null
  readonly data: string | null
  readonly staff_only: string | null
  readonly note: string | null
  readonly prev_of_customer: Cursor | ''
  readonly prev_event: Cursor | ''
}

export interface LastRow {
  readonly id: number
  readonly tag: string
}

interface CheckpointRow {
  readonly partition: string
  readonly offset: number
  readonly fingerprint: string
}

/** The statements of the log, prepared once. Writing ones run only inside `transact`. */
export function prepareRows(sqlite: Sqlite) {
  return {
    newest: sqlite.prepare<EntryRow, []>('SELECT * FROM log_entries ORDER BY id DESC LIMIT 1'),
    oldestId: sqlite.prepare<{ id: number | null }, []>('SELECT min(id) AS id FROM log_entries'),
    newestGapId: sqlite.prepare<{ id: number | null }, []>(
      "SELECT max(id) AS id FROM log_entries WHERE kind = 'gap'",
    ),
    tagAt: sqlite.prepare<{ tag: string }, [number]>('SELECT tag FROM log_entries WHERE id = ?'),
    entryAt: sqlite.prepare<EntryRow, [number]>('SELECT * FROM log_entries WHERE id = ?'),
    backFrom: sqlite.prepare<EntryRow, [number]>(
      'SELECT * FROM log_entries ORDER BY id DESC LIMIT ?',
    ),
    after: sqlite.prepare<EntryRow, [number]>('SELECT * FROM log_entries WHERE id > ? ORDER BY id'),
    eventsAfter: sqlite.prepare<EntryRow, [number, number]>(
      "SELECT * FROM log_entries WHERE id > ? AND kind = 'event' ORDER BY id LIMIT ?",
    ),
    lastOf: sqlite.prepare<LastRow, [string]>('SELECT id, tag FROM log_last WHERE customer = ?'),
    checkpoint: sqlite.prepare<CheckpointRow, [string]>(
      'SELECT partition, "offset", fingerprint FROM log_checkpoints WHERE partition = ?',
    ),
    checkpoints: sqlite.prepare<CheckpointRow, []>(
      'SELECT partition, "offset", fingerprint FROM log_checkpoints',
    ),

    insertFirst: sqlite.prepare<{ id: number }, [string, number]>(
      `INSERT INTO log_entries (tag, prev_tag, source, at, kind, note, prev_of_customer, prev_event)
       VALUES (?, '', '', ?, 'open', '', '', '') RETURNING id`,
    ),
    insertEvent: sqlite.prepare(
      `INSERT INTO log_entries (id, tag, prev_tag, source, at, kind, name, customer, data, staff_only,
         prev_of_customer, prev_event)
       VALUES (?, ?, ?, ?, ?, 'event', ?, ?, ?, ?, ?, ?)`,
    ),
    insertNote: sqlite.prepare(
      `INSERT INTO log_entries (id, tag, prev_tag, source, at, kind, note, prev_of_customer, prev_event)
       VALUES (?, ?, ?, ?, ?, ?, ?, '', ?)`,
    ),
    setLast: sqlite.prepare(
      `INSERT INTO log_last (customer, id, tag) VALUES (?, ?, ?)
       ON CONFLICT (customer) DO UPDATE SET id = excluded.id, tag = excluded.tag`,
    ),
    setCheckpoint: sqlite.prepare(
      `INSERT INTO log_checkpoints (partition, "offset", fingerprint) VALUES (?, ?, ?)
       ON CONFLICT (partition) DO UPDATE
         SET "offset" = excluded."offset", fingerprint = excluded.fingerprint`,
    ),
    dropCheckpoint: sqlite.prepare('DELETE FROM log_checkpoints WHERE partition = ?'),
  }
}

export type Rows = ReturnType<typeof prepareRows>

export function entryOfRow(row: EntryRow): LogEntry {
  const base = { id: String(row.id), tag: row.tag, prevTag: row.prev_tag, at: row.at }
  if (row.kind !== 'event') return { ...base, kind: row.kind, note: row.note ?? '' }
  return {
    ...base,
    kind: 'event',
    committedAt: row.at,
    event: {
      name: row.name!,
      customer: row.customer,
      data: row.data!,
      staffOnly: row.staff_only!,
    },
    prevOfCustomer: row.prev_of_customer,
    prevEvent: row.prev_event,
  }
}

/** About what an entry holds in memory. */
export function sizeOfRow(row: EntryRow): number {
  return (row.data?.length ?? 0) + (row.staff_only?.length ?? 0) + 200
}
