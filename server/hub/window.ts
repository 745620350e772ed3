import { cursorOf } from '../event-log/entry'
import type { Cursor, CursorParts, EntryId } from '../protocol/cursor'
import { type ChannelName, encodeEventFrame } from '../protocol/frames'
import type { EventEntry, LogChannel, LogEntry } from '../event-log/event-log'

/** Counted for each entry beside its bytes: the objects and indexes that hold it. */
const ENTRY_OVERHEAD_BYTES = 256

export interface WindowLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

/** What a channel missed since a place in the window. */
export interface Missed {
  /** The places of its events after that place, oldest first. */
  readonly seqs: readonly number[]
  /** The channel's newest event at or before that place, null where the window does not know. */
  readonly last: Cursor | null
}

/** How far back a window goes. */
export interface WindowSpan {
  readonly entries: number
  /** About what they take, frames that were already put together included. */
  readonly bytes: number
  /** From the oldest entry to the newest, milliseconds by the log's clock. */
  readonly ageMs: number
}

interface Slot {
  readonly entry: LogEntry
  /** The place of the customer's event before this one, -1 where the window held none. */
  readonly prevOfCustomer: number
  /** The newest event at or before this entry, null where the window held none. */
  readonly lastEvent: Cursor | null
  bytes: number
  ordersFrame: string | null
  adminFrame: string | null
}

/**
 * The newest entries of the log, gapless. Entries are numbered by `seq` in the order in which they
 * came, from 0, so that a place stays the same number while older entries leave. The newest entry is
 * always kept, whatever its size. Pure: no clock and no I/O.
 */
export class ReplayWindow {
  private readonly ring: (Slot | undefined)[] = []
  private readonly seqById = new Map<EntryId, number>()
  /** The place of each customer's newest event. */
  private readonly newestOf = new Map<string, number>()
  private bytes = 0
  private firstSeq = 0
  private nextSeq = 0
  private gapSeq = -1

  constructor(private readonly limits: WindowLimits) {}

  /** The place of the oldest entry. */
  get first(): number {
    return this.firstSeq
  }

  /** The place of the newest entry, -1 before the first. */
  get last(): number {
    return this.nextSeq - 1
  }

  /** The place of the newest gap that came through, -1 for none. */
  get gap(): number {
    return this.gapSeq
  }

  get span(): WindowSpan {
    const entries = this.nextSeq - this.firstSeq
    if (entries === 0) return { entries, bytes: 0, ageMs: 0 }
    const ageMs = this.entry(this.last).at - this.entry(this.firstSeq).at
    return { entries, bytes: this.bytes, ageMs }
  }

  /** Appends the log's next entry and lets the oldest go; answers its place. */
  push(entry: LogEntry): number {
    const seq = this.nextSeq++
    const customer = customerOf(entry)
    const before = seq > this.firstSeq ? this.slot(seq - 1).lastEvent : null
    const slot: Slot = {
      entry,
      prevOfCustomer: (customer === null ? undefined : this.newestOf.get(customer)) ?? -1,
      lastEvent: entry.kind === 'event' ? cursorOf(entry) : before,
      bytes: ENTRY_OVERHEAD_BYTES + storedBytes(entry),
      ordersFrame: null,
      adminFrame: null,
    }
    if (seq - this.firstSeq >= this.limits.maxEntries) this.evict()
    this.ring[seq % this.limits.maxEntries] = slot
    this.seqById.set(entry.id, seq)
    if (customer !== null) this.newestOf.set(customer, seq)
    if (entry.kind === 'gap') this.gapSeq = seq
    this.bytes += slot.bytes
    while (this.bytes > this.limits.maxBytes && this.firstSeq < seq) this.evict()
    return seq
  }

  entry(seq: number): LogEntry {
    return this.slot(seq).entry
  }

  cursor(seq: number): Cursor {
    return cursorOf(this.slot(seq).entry)
  }

  /** The place of the entry with this id and this tag, or null. */
  find({ id, tag }: CursorParts): number | null {
    const seq = this.seqById.get(id)
    return seq !== undefined && this.slot(seq).entry.tag === tag ? seq : null
  }

  /**
   * The channel's events after the place `seq`. The window must hold all entries after it, that is
   * `seq >= first - 1`. Null where they are more than `limit`.
   */
  missed(channel: LogChannel, seq: number, limit: number): Missed | null {
    return channel.name === 'admin'
      ? this.missedOfAll(seq, limit)
      : this.missedOf(channel.customer, seq, limit)
  }

  /** The frame of the event at `seq`, put together once a channel, from the stored bytes. */
  frame(channel: ChannelName, seq: number): string {
    const slot = this.slot(seq)
    const known = channel === 'admin' ? slot.adminFrame : slot.ordersFrame
    if (known !== null) return known
    const frame = eventFrame(channel, slot.entry as EventEntry)
    if (channel === 'admin') slot.adminFrame = frame
    else slot.ordersFrame = frame
    slot.bytes += frame.length
    this.bytes += frame.length
    return frame
  }

  private missedOfAll(seq: number, limit: number): Missed | null {
    const seqs: number[] = []
    for (let at = seq + 1; at < this.nextSeq; at++) {
      if (this.slot(at).entry.kind === 'event' && seqs.push(at) > limit) return null
    }
    const first = seqs[0]
    const before = first === undefined ? '' : (this.slot(first).entry as EventEntry).prevEvent
    const known = seq >= this.firstSeq ? this.slot(seq).lastEvent : null
    return { seqs, last: known ?? (before || null) }
  }

  private missedOf(customer: string, seq: number, limit: number): Missed | null {
    const seqs: number[] = []
    let at = this.newestOf.get(customer) ?? -1
    let before: Cursor | '' = ''
    while (at > seq) {
      if (seqs.push(at) > limit) return null
      const slot = this.slot(at)
      before = (slot.entry as EventEntry).prevOfCustomer
      at = slot.prevOfCustomer
    }
    seqs.reverse()
    return { seqs, last: at >= this.firstSeq ? this.cursor(at) : before || null }
  }

  private slot(seq: number): Slot {
    return this.ring[seq % this.limits.maxEntries]!
  }

  private evict(): void {
    const seq = this.firstSeq++
    const { entry, bytes } = this.slot(seq)
    this.ring[seq % this.limits.maxEntries] = undefined
    this.seqById.delete(entry.id)
    const customer = customerOf(entry)
    if (customer !== null && this.newestOf.get(customer) === seq) this.newestOf.delete(customer)
    this.bytes -= bytes
  }
}

/** An event as its channel gets it; staff get the members that are theirs alone, too. */
export function eventFrame(channel: ChannelName, entry: EventEntry): string {
  const { name, data, staffOnly } = entry.event
  if (channel === 'orders') {
    return encodeEventFrame(channel, name, cursorOf(entry), entry.prevOfCustomer, data)
  }
  const whole = staffOnly === '' ? data : `${data.slice(0, -1)},${staffOnly}}`
  return encodeEventFrame(channel, name, cursorOf(entry), entry.prevEvent, whole)
}

/** Bytes that the entry's own text takes. */
export function storedBytes(entry: LogEntry): number {
  if (entry.kind !== 'event') return entry.note.length
  return Buffer.byteLength(entry.event.data) + Buffer.byteLength(entry.event.staffOnly)
}

function customerOf(entry: LogEntry): string | null {
  return entry.kind === 'event' ? entry.event.customer : null
}
