import type { Cursor, EntryId, Tag } from '../protocol/cursor'
import type { EventName, ResumeReason } from '../protocol/frames'

/** Where an entry came from: a partition of Kafka (`order.created-0`) or a local source. */
export type Partition = string

/** How far a partition has durably got into the log: its last record there. */
export interface Checkpoint {
  readonly offset: number
  /** Proves that the record at `offset` is the one that was logged, and not another in its place. */
  readonly fingerprint: string
}

/** A normalized event, serialized once, each part on one line. */
export interface OrderEvent {
  readonly name: EventName
  /** The customer whose channel it is on; null for a guest's order, which only staff see. */
  readonly customer: string | null
  /** The whole order as JSON: what customers and staff both get. */
  readonly data: string
  /** Further members of the object for staff alone, as JSON without braces (`"a":1,"b":2`), or `''`. */
  readonly staffOnly: string
}

export type EntryKind = 'open' | 'event' | 'beat' | 'gap' | 'revoke'

interface EntryBase {
  readonly id: EntryId
  readonly tag: Tag
  /** The tag of the entry before it, `''` for the first: a reader sees that it read without a hole. */
  readonly prevTag: Tag | ''
  /** When it was appended, milliseconds since the epoch. */
  readonly at: number
}

export interface EventEntry extends EntryBase {
  readonly kind: 'event'
  readonly event: OrderEvent
  /** When the fact was committed, milliseconds since the epoch: `at` where the log was not told. */
  readonly committedAt: number
  /** The customer's event before it, `''` where the log holds none (or for a guest's order). */
  readonly prevOfCustomer: Cursor | ''
  /** The event before it at all (staff's `prev`), past every other kind of entry. */
  readonly prevEvent: Cursor | ''
}

/** Entries that carry no event: they move positions, and mean something to the hub. */
export interface ControlEntry extends EntryBase {
  readonly kind: 'open' | 'beat' | 'gap' | 'revoke'
  /** beat: lag in milliseconds. gap: the partition. revoke: the subject. open: `''`. */
  readonly note: string
}

export type LogEntry = EventEntry | ControlEntry

/** One record of a partition. `event` is null where it yields none (a dead letter, a tombstone). */
export interface SourceRecord extends Checkpoint {
  readonly event: OrderEvent | null
  /** When the fact was committed at its source, milliseconds since the epoch; absent: unknown. */
  readonly committedAt?: number
}

export interface RecordsBatch {
  readonly partition: Partition
  /** What the caller knows to be the partition's last record in the log, or null for none. */
  readonly expected: Checkpoint | null
  /** By ascending offset. */
  readonly records: readonly SourceRecord[]
}

/** The source changed or lost data: logs a `gap` entry and resets the checkpoint in the same step. */
export interface GapBatch {
  readonly partition: Partition
  readonly expected: Checkpoint | null
  readonly gap: { readonly checkpoint: Checkpoint | null }
}

export type PartitionBatch = RecordsBatch | GapBatch

/**
 * `appended`: everything up to `checkpoint` is in the log now; `entries` were written by this call
 * (fewer than sent where some were covered already). `checkpoint` is null where the partition has
 * none: after a gap without one.
 * `rewind`: read on from after `checkpoint` (null: from the start). Nothing was written, or of a group
 * that a log takes in several steps only what is up to `checkpoint`.
 */
export type AppendOutcome =
  | {
      readonly outcome: 'appended'
      readonly entries: number
      readonly checkpoint: Checkpoint | null
    }
  | { readonly outcome: 'rewind'; readonly checkpoint: Checkpoint | null }

/** A channel as the log sees it: one customer's events, or all of them. */
export type LogChannel =
  { readonly name: 'orders'; readonly customer: string } | { readonly name: 'admin' }

/**
 * `ok`: the channel's events after the cursor, oldest first, each once, and `reached`, the newest
 * entry (of any kind) that they are complete up to. Otherwise why there is no such list.
 */
export type Replay =
  | { readonly ok: true; readonly entries: readonly EventEntry[]; readonly reached: Cursor }
  | { readonly ok: false; readonly reason: ResumeReason }

/**
 * The event log: one totally ordered list of entries, appended at one end and trimmed at the other.
 * Every entry is tagged and linked (see `entry.ts`); retention always keeps the newest entry.
 * All methods reject with an `AppError` when the store behind the log cannot be reached.
 */
export interface EventLog {
  /**
   * Compare-and-append, one outcome a partition, in the order given. A partition's group is written
   * whole or not at all: checkpoint beyond `expected`: what is covered is skipped; equal: appended;
   * before it or absent while one was expected (or the fingerprint differs): `rewind`.
   */
  append(batch: readonly PartitionBatch[]): Promise<readonly AppendOutcome[]>

  /** Appends a `revoke` entry (every node drops the subject's sockets) or a `beat`. */
  note(entry: { readonly kind: 'revoke' | 'beat'; readonly note: string }): Promise<Cursor>

  /**
   * Entries after `after`, in log order, in batches as they become durable; ends when `signal`
   * aborts. The entry at `after` must be in the log: otherwise the iteration throws an `AppError`
   * with the code `position_lost`, and the caller loads anew from `newest`.
   */
  tail(after: Cursor, signal: AbortSignal): AsyncIterable<readonly LogEntry[]>

  /** The newest entries, oldest first, gapless: at most `maxEntries` and about `maxBytes`; at least one. */
  newest(maxEntries: number, maxBytes: number): Promise<readonly LogEntry[]>

  /**
   * The channel's events after a cursor. More than `limit` of them: `too_far`. The cursor's entry
   * older than the oldest held: `expired`; not that entry with that tag: `unknown`; before the
   * newest gap: `source_gap`.
   */
  replay(channel: LogChannel, after: Cursor, limit: number): Promise<Replay>

  checkpoints(): Promise<ReadonlyMap<Partition, Checkpoint>>

  /** Age in milliseconds of the oldest fact that is known not to have come through; 0 when none is. */
  pendingAgeMs(): number
}

/** What of a partition goes into a log that is filled anew: offsets `start` to `target`, both too. */
export interface RefillSpan {
  readonly start: number
  /** The newest record when the refilling began. */
  readonly target: number
}

export interface LogState {
  /** False for a log without any entry: it was never opened, or its store forgot everything. */
  readonly opened: boolean
  readonly checkpoints: ReadonlyMap<Partition, Checkpoint>
  /** Partitions that have not passed their target yet. While there are any, the log is refilling. */
  readonly refill: ReadonlyMap<Partition, RefillSpan>
}

/**
 * A log that several processes share and whose store can forget: what only workers do with it.
 * While it is not opened or refills, `newest`, `tail` and `replay` reject with an `AppError` with the
 * code `refilling` (503, temporary), so that no node publishes old events as new ones. While it is not
 * opened, `append`, `note` and `beat` write nothing and reject with `log_not_open` (503, temporary).
 */
export interface SharedLog extends EventLog {
  state(): Promise<LogState>
  /**
   * Writes the `open` entry and the spans to refill in one step; does nothing to a log that is open.
   * A span whose target lies before its start is left out. The append that passes the last target
   * ends the refilling; so does a gap without a checkpoint, whose source has no such target any more.
   */
  open(refill: ReadonlyMap<Partition, RefillSpan>): Promise<LogState>
  /**
   * Appends a beat (its note is `lagMs`) if the newest entry is at least `silentMs` old by the
   * store's own clock. Answers whether it did.
   */
  beat(lagMs: number, silentMs: number): Promise<boolean>
  /**
   * One bounded step of retention and of sweeping what points to trimmed entries. `more`: there is
   * more to do now. `ceiling`: the count cut into the time that was asked for.
   */
  maintain(): Promise<{ readonly more: boolean; readonly ceiling: boolean }>
}
