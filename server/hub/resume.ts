import { compareIds, type Cursor, type EntryId, parseCursor } from '../protocol/cursor'
import type { ChannelName, ResumeReason } from '../protocol/frames'
import type { EventEntry, Replay } from '../event-log/event-log'
import { cursorOf } from '../event-log/entry'
import type { ReplayWindow } from './window'

/** Where a cursor points to, seen from the window; how a resume goes on follows from it. */
export type CursorPlace =
  /** Everything after it is in memory. */
  | { readonly at: 'window'; readonly seq: number }
  /** Older than the window: the log decides. */
  | { readonly at: 'log' }
  /** Newer than all that this node has published: it may come through the tail. */
  | { readonly at: 'ahead'; readonly id: EntryId }
  | { readonly at: 'nowhere'; readonly reason: ResumeReason }

export function placeOf(window: ReplayWindow, cursor: Cursor): CursorPlace {
  const parts = parseCursor(cursor)
  if (!parts) return { at: 'nowhere', reason: 'unknown' }
  const seq = window.find(parts)
  if (seq !== null) {
    return seq < window.gap ? { at: 'nowhere', reason: 'source_gap' } : { at: 'window', seq }
  }
  if (compareIds(parts.id, window.entry(window.last).id) > 0) return { at: 'ahead', id: parts.id }
  if (compareIds(parts.id, window.entry(window.first).id) < 0) return { at: 'log' }
  return { at: 'nowhere', reason: 'unknown' }
}

/** What of a read of the log is to be sent, given how far this node has published. */
export interface FromLog {
  readonly entries: readonly EventEntry[]
  /** What they are complete up to: never beyond the position, for what comes after is published. */
  readonly to: Cursor
  /** The channel's newest event at or before the cursor, null where neither says. */
  readonly last: Cursor | null
}

export function upToPosition(
  read: Extract<Replay, { ok: true }>,
  channel: ChannelName,
  position: Cursor,
): FromLog {
  const [oldest] = read.entries
  const last = oldest && (channel === 'admin' ? oldest.prevEvent : oldest.prevOfCustomer)
  const positionId = parseCursor(position)!.id
  if (compareIds(parseCursor(read.reached)!.id, positionId) <= 0) {
    return { entries: read.entries, to: read.reached, last: last || null }
  }
  const beyond = read.entries.findIndex((entry) => compareIds(entry.id, positionId) > 0)
  const entries = beyond === -1 ? read.entries : read.entries.slice(0, beyond)
  return { entries, to: position, last: last || null }
}

/** The newest event that was on the channel when `entries` were replayed behind `last`. */
export function lastAfter(entries: readonly EventEntry[], last: Cursor | null): Cursor | null {
  const newest = entries.at(-1)
  return newest ? cursorOf(newest) : last
}

/** Refusals in a second that are told to come back without spreading them out. */
const FEW = 20
const SOON_MS = 100

/**
 * How long a client whose resume was refused waits for its snapshot: soon where few were, spread
 * over up to `spreadMs` where many are at the same time.
 * @param recent refusals within the running second
 * @param random from 0 to below 1
 */
export function retryAfterMs(recent: number, spreadMs: number, random: number): number {
  const upper = recent <= FEW ? SOON_MS : (recent - FEW) * 5 + SOON_MS
  return Math.floor(random * Math.min(upper, spreadMs))
}
