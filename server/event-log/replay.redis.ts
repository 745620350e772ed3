import { type Cursor, formatCursor } from '../protocol/cursor'
import type { ResumeReason } from '../protocol/frames'
import { cursorOf } from './entry'
import { decodeEntry, placeOf, type StreamEntry } from './entry.redis'
import type { EventEntry, LogChannel, LogEntry, Replay } from './event-log'

/** Entries in one step of a replay for staff. */
const STEP_ENTRIES = 500

/** Runs replay.lua with these arguments. */
type Read = (args: readonly (string | number)[]) => Promise<unknown>

type Answer =
  | readonly [reason: ResumeReason]
  | readonly [ok: 'ok', reached: Cursor | '', entries: readonly StreamEntry[]]

/** A customer's replay is one call; that of staff one for each step, each checks its cursor anew. */
export async function replayFromRedis(
  read: Read,
  channel: LogChannel,
  after: Cursor,
  limit: number,
): Promise<Replay> {
  const place = placeOf(after)
  if (!place) return { ok: false, reason: 'unknown' }
  if (channel.name === 'admin') return replayAll(read, formatCursor(place.id, place.tag), limit)
  const answer = (await read([place.id, place.tag, limit, 'orders', channel.customer])) as Answer
  if (answer[0] !== 'ok') return { ok: false, reason: answer[0] }
  const entries = answer[2].map(decodeEntry).reverse()
  return { ok: true, entries: entries as EventEntry[], reached: answer[1] }
}

async function replayAll(read: Read, after: Cursor, limit: number): Promise<Replay> {
  const entries: EventEntry[] = []
  let reached = after
  for (;;) {
    const { id, tag } = placeOf(reached)!
    const answer = (await read([id, tag, STEP_ENTRIES, 'admin', ''])) as Answer
    if (answer[0] !== 'ok') return { ok: false, reason: answer[0] }
    const step = answer[2].map(decodeEntry)
    for (const entry of step) if (isEvent(entry)) entries.push(entry)
    if (entries.length > limit) return { ok: false, reason: 'too_far' }
    const newest = step.at(-1)
    if (newest) reached = cursorOf(newest)
    if (step.length < STEP_ENTRIES) return { ok: true, entries, reached }
  }
}

function isEvent(entry: LogEntry): entry is EventEntry {
  return entry.kind === 'event'
}
