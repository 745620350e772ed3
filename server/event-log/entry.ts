import { hash } from 'node:crypto'
import { type Cursor, type EntryId, formatCursor, type Tag } from '../protocol/cursor'
import type { ControlEntry, EventEntry, LogEntry, OrderEvent } from './event-log'

/**
 * The one builder of log entries. Whatever store holds them, they are tagged and linked as here.
 *
 * An entry's tag is the first eight hex digits (lower case) of a SHA-1 over the tag before it (`''` for
 * the very first), a line feed, and
 *
 *     of an event:    its digest: 16 hex digits of xxHash64 (seed 0) over these strings, joined by
 *                     single line feeds, in UTF-8: source, "event", name, customer, data, staffOnly
 *     of the others:  source, kind and note, joined likewise
 *
 * `source` names where the entry came from: `partition@offset` of a record, `orderId@version` of a
 * local fact, `''` of what has no source. `customer` is `''` for a guest's order. In Lua:
 *
 *     redis.sha1hex(prevTag .. '\n' .. digest):sub(1, 8)
 *
 * The digest spares scripts in Redis, which everybody waits for, a walk over all bytes. Ids, times and
 * links are left out: a script knows them only afterwards, and they follow from what is covered.
 * `open` has the one tag that is random: two logs never share a history.
 */
export function eventTag(prevTag: Tag | '', source: string, event: OrderEvent): Tag {
  return tagOf(prevTag, eventDigest(eventBytes(source, event)))
}

export function noteTag(
  prevTag: Tag | '',
  source: string,
  kind: ControlEntry['kind'],
  note: string,
): Tag {
  return tagOf(prevTag, `${source}\n${kind}\n${note}`)
}

/** What an event's tag covers, beside the tag before it. */
export function eventBytes(source: string, event: OrderEvent): string {
  const { name, customer, data, staffOnly } = event
  return `${source}\nevent\n${name}\n${customer ?? ''}\n${data}\n${staffOnly}`
}

export function eventDigest(bytes: string): string {
  return Bun.hash.xxHash64(bytes).toString(16).padStart(16, '0')
}

function tagOf(prevTag: Tag | '', covered: string): Tag {
  return hash('sha1', `${prevTag}\n${covered}`, 'hex').slice(0, 8)
}

/** The newest entry of a log, and the newest event that it still holds: what the next one names. */
export interface ChainHead {
  readonly id: EntryId
  readonly tag: Tag
  /** The newest event, `''` where none is held. */
  readonly lastEvent: Cursor | ''
}

/** Where a new entry goes, as its store decides it. */
export interface Place {
  readonly id: EntryId
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly source: string
}

/** @param prevOfCustomer the customer's newest event that the log holds, `''` for none or a guest */
export function buildEvent(
  head: ChainHead,
  { id, at, source }: Place,
  event: OrderEvent,
  prevOfCustomer: Cursor | '',
): EventEntry {
  return {
    kind: 'event',
    id,
    tag: eventTag(head.tag, source, event),
    prevTag: head.tag,
    at,
    committedAt: at,
    event,
    prevOfCustomer,
    prevEvent: head.lastEvent,
  }
}

export function buildNote(
  head: ChainHead,
  { id, at, source }: Place,
  kind: Exclude<ControlEntry['kind'], 'open'>,
  note: string,
): ControlEntry {
  const tag = noteTag(head.tag, source, kind, note)
  return { kind, id, tag, prevTag: head.tag, at, note }
}

/** The first entry of an empty log: its random tag tells this log from every other. */
export function buildOpen(id: EntryId, at: number): ControlEntry {
  const tag = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex')
  return { kind: 'open', id, tag, prevTag: '', at, note: '' }
}

export function cursorOf(entry: Pick<LogEntry, 'id' | 'tag'>): Cursor {
  return formatCursor(entry.id, entry.tag)
}

/** The chain's head once `entry` was appended behind `head`. */
export function headAfter(head: Pick<ChainHead, 'lastEvent'>, entry: LogEntry): ChainHead {
  const { id, tag } = entry
  return { id, tag, lastEvent: entry.kind === 'event' ? cursorOf(entry) : head.lastEvent }
}

/** Whether the entry's tag follows from the tag before it, its source and its bytes. */
export function isTagged(entry: LogEntry, source: string): boolean {
  if (entry.kind === 'open') return true
  return entry.kind === 'event'
    ? entry.tag === eventTag(entry.prevTag, source, entry.event)
    : entry.tag === noteTag(entry.prevTag, source, entry.kind, entry.note)
}
