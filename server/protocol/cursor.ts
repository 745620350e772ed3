/**
 * A cursor is a place in the event log together with the tag of the entry there: `id.tag`.
 * Clients keep it as it is. Only a log that holds that entry with that tag accepts it, so a cursor
 * proves the whole history before it.
 */
export type Cursor = string

/** `1234` (SQLite) or `1700000000000-3` (Redis Streams): ids of one log compare with `compareIds`. */
export type EntryId = string

/** Eight hex digits that cover the tag before, the source position and the bytes: see `eventTag`. */
export type Tag = string

export interface CursorParts {
  readonly id: EntryId
  readonly tag: Tag
}

// At most 15 digits: every id is then an exact number, and `compareIds` a total order.
const CURSOR = /^((?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d{0,14}))?)\.([0-9a-f]{8})$/

/** The parts of a cursor, or null for anything that no log of ours can have handed out. */
export function parseCursor(text: string): CursorParts | null {
  const match = CURSOR.exec(text)
  return match ? { id: match[1]!, tag: match[2]! } : null
}

export function formatCursor(id: EntryId, tag: Tag): Cursor {
  return `${id}.${tag}`
}

/** Negative when `a` is older than `b`, 0 when they are the same entry, positive when newer. */
export function compareIds(a: EntryId, b: EntryId): number {
  const [aMajor, aMinor = 0] = a.split('-').map(Number) as [number, number?]
  const [bMajor, bMinor = 0] = b.split('-').map(Number) as [number, number?]
  return aMajor - bMajor || aMinor - bMinor
}
