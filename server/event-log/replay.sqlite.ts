import { type Cursor, parseCursor } from '../protocol/cursor'
import type { ResumeReason } from '../protocol/frames'
import type { EventEntry, LogChannel, Replay } from './event-log'
import { entryOfRow, type EntryRow, type Rows } from './rows.sqlite'

/** `head` is the newest durable entry: the events are complete up to it. */
export function replay(
  rows: Rows,
  head: Cursor,
  channel: LogChannel,
  after: Cursor,
  limit: number,
): Replay {
  const place = findCursor(rows, after)
  if (typeof place === 'string') return { ok: false, reason: place }
  const found =
    channel.name === 'admin'
      ? eventsOfAll(rows, place, limit)
      : eventsOfCustomer(rows, channel.customer, place, limit)
  if (typeof found === 'string') return { ok: false, reason: found }
  return { ok: true, entries: found.map((row) => entryOfRow(row) as EventEntry), reached: head }
}

/** The id of the cursor's entry, or why nothing can be replayed from there. */
function findCursor(rows: Rows, after: Cursor): number | ResumeReason {
  const parts = parseCursor(after)
  const id = Number(parts?.id)
  if (!parts || !Number.isSafeInteger(id)) return 'unknown'
  const oldest = rows.oldestId.get()?.id
  if (oldest === null || oldest === undefined) return 'unknown'
  if (id < oldest) return 'expired'
  if (rows.tagAt.get(id)?.tag !== parts.tag) return 'unknown'
  const gap = rows.newestGapId.get()?.id ?? 0
  return id < gap ? 'source_gap' : id
}

function eventsOfAll(rows: Rows, after: number, limit: number): EntryRow[] | ResumeReason {
  const found = rows.eventsAfter.all(after, limit + 1)
  return found.length > limit ? 'too_far' : found
}

/** Walks the customer's chain back, from the newest event to the last one after the cursor. */
function eventsOfCustomer(
  rows: Rows,
  customer: string,
  after: number,
  limit: number,
): EntryRow[] | ResumeReason {
  const found: EntryRow[] = []
  let next = rows.lastOf.get(customer)?.id ?? 0
  while (next > after) {
    if (found.length === limit) return 'too_far'
    const row = rows.entryAt.get(next)
    if (!row) return 'expired'
    found.push(row)
    next = Number(parseCursor(row.prev_of_customer)?.id ?? 0)
  }
  return found.reverse()
}
