import {
  buildEvent,
  buildNote,
  buildOpen,
  cursorOf,
  headAfter,
  type ChainHead,
} from '../event-log/entry'
import type { EntryKind, LogEntry } from '../event-log/event-log'
import type { Cursor } from '../protocol/cursor'

/** What is to be appended: an event of a customer (null: a guest's), or an entry without an event. */
export interface Draft {
  readonly kind: Exclude<EntryKind, 'open'>
  readonly customer: string | null
  readonly data: string
}

/** A chain of entries as a log would have built it; ids are 1, 2, 3, … */
export function chainOf(drafts: readonly Draft[]): LogEntry[] {
  const open = buildOpen('1', 0)
  const entries: LogEntry[] = [open]
  const lastOf = new Map<string, Cursor>()
  let head: ChainHead = { id: open.id, tag: open.tag, lastEvent: '' }
  for (const { kind, customer, data } of drafts) {
    const place = { id: `${entries.length + 1}`, at: entries.length, source: `s@${entries.length}` }
    const event = { name: 'updated', customer, data, staffOnly: '' } as const
    const entry =
      kind === 'event'
        ? buildEvent(head, place, event, (customer !== null && lastOf.get(customer)) || '')
        : buildNote(head, place, kind, '')
    if (kind === 'event' && customer !== null) lastOf.set(customer, cursorOf(entry))
    head = headAfter(head, entry)
    entries.push(entry)
  }
  return entries
}
