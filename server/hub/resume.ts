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

/** One snapshot in this time is what a node asks of its order store. */
const SNAPSHOT_EVERY_MS = 2
const JITTER_MS = 100

/**
 * When clients whose resumes were refused load their snapshots: one after the other, so that a log
 * that was lost for thousands at once does not become a storm on the order store. Where the queue is
 * longer than `spreadMs` they come at random within it.
 */
export class SnapshotTurns {
  private takenUntil = 0

  constructor(private readonly spreadMs: number) {}

  /**
   * How long the next client waits, in milliseconds.
   * @param random from 0 to below 1
   */
  next(nowMs: number, random: number): number {
    const freeMs = Math.max(0, this.takenUntil - nowMs)
    if (freeMs >= this.spreadMs) return Math.floor(random * this.spreadMs)
    this.takenUntil = nowMs + freeMs + SNAPSHOT_EVERY_MS
    return Math.floor(Math.min(freeMs + random * JITTER_MS, this.spreadMs))
  }
}
