import { AppError } from '../errors'
import { type Cursor, type EntryId, formatCursor, parseCursor, type Tag } from '../protocol/cursor'
import type { EventName } from '../protocol/frames'
import type { EntryKind, LogEntry, OrderEvent } from './event-log'

/** An entry as the Stream holds it: its id, then names and values by turns (see common.lua). */
export type StreamEntry = readonly [id: EntryId, fields: readonly string[]]

/** Throws an `AppError` for an entry in a format that this version does not know (see common.lua). */
export function decodeEntry([id, [version, links, , bytes]]: StreamEntry): LogEntry {
  const [tags = '', eventBefore, prevOfCustomer, delta, ...more] = links?.split(' ') ?? []
  if (version !== 'v1' || delta === undefined || more.length > 0 || bytes === undefined) {
    throw foreign(id)
  }
  const at = Number(id.slice(0, id.indexOf('-')))
  const prevTag = tags.slice(8)
  const base = { id, tag: tags.slice(0, 8), prevTag, at }
  const afterSource = bytes.indexOf('\n')
  const afterKind = bytes.indexOf('\n', afterSource + 1)
  const kind = bytes.slice(afterSource + 1, afterKind) as EntryKind
  if (kind !== 'event') return { ...base, kind, note: bytes.slice(afterKind + 1) }
  return {
    ...base,
    kind,
    event: decodeEvent(bytes, afterKind + 1),
    committedAt: at - Number(delta),
    prevOfCustomer: prevOfCustomer!,
    prevEvent: decodeLink(eventBefore!, id, at, prevTag),
  }
}

function decodeLink(link: string, id: EntryId, at: number, prevTag: Tag): Cursor | '' {
  if (link === '') return ''
  if (link === '-') {
    return formatCursor(`${at}-${Number(id.slice(id.indexOf('-') + 1)) - 1}`, prevTag)
  }
  const dash = link.indexOf('-')
  const [seq, tag = prevTag] = link.slice(dash + 1).split('.')
  return formatCursor(`${at - Number(link.slice(0, dash))}-${seq}`, tag)
}

/** Name, customer, data, staffOnly, each on a line; of these only the customer may hold line feeds. */
function decodeEvent(bytes: string, from: number): OrderEvent {
  const afterName = bytes.indexOf('\n', from)
  const beforeStaffOnly = bytes.lastIndexOf('\n')
  const beforeData = bytes.lastIndexOf('\n', beforeStaffOnly - 1)
  return {
    name: bytes.slice(from, afterName) as EventName,
    customer: bytes.slice(afterName + 1, beforeData) || null,
    data: bytes.slice(beforeData + 1, beforeStaffOnly),
    staffOnly: bytes.slice(beforeStaffOnly + 1),
  }
}

/** The parts of a cursor that this log can have handed out, or null: nothing else goes to Redis. */
export function placeOf(cursor: Cursor): { readonly id: EntryId; readonly tag: Tag } | null {
  const parts = parseCursor(cursor)
  return parts?.id.includes('-') ? parts : null
}

/** About what an entry holds in memory. */
export function sizeOfEntry(entry: LogEntry): number {
  if (entry.kind !== 'event') return 200
  return entry.event.data.length + entry.event.staffOnly.length + 200
}

function foreign(id: EntryId): AppError {
  return new AppError(
    'log_foreign',
    500,
    `The event log in Redis holds entry ${id} in a format that this version cannot read.`,
  )
}
