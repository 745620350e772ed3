import type { Database as Sqlite } from 'bun:sqlite'
import { cursorOf, isTagged } from '../event-log/entry'
import { entryOfRow, type EntryRow } from '../event-log/rows.sqlite'

/** One event that a log holds, by the source that it was appended with. */
export interface LoggedFact {
  readonly source: string
  readonly data: string
}

/**
 * Recomputes every tag and link of the log in a database file and compares what was stored. Throws at
 * the first that does not follow; returns the events, oldest first.
 */
export function verifyLog(sqlite: Sqlite): readonly LoggedFact[] {
  const integrity = sqlite.prepare('PRAGMA integrity_check').values().flat().join('; ')
  if (integrity !== 'ok') throw new Error(`integrity_check: ${integrity}`)

  const facts: LoggedFact[] = []
  const lastOf = new Map<string, string>()
  let before: EntryRow | undefined
  let lastEvent = ''
  for (const row of sqlite.prepare<EntryRow, []>('SELECT * FROM log_entries ORDER BY id').all()) {
    const broken = (what: string) => new Error(`entry ${row.id}: ${what}`)
    const entry = entryOfRow(row)
    if (before && row.id !== before.id + 1) throw broken(`comes after ${before.id}`)
    if (before && row.prev_tag !== before.tag) throw broken('does not name the tag before it')
    if (!isTagged(entry, row.source)) throw broken('the tag does not follow from its bytes')
    if (lastEvent && row.prev_event !== lastEvent) throw broken(`prev_event is not ${lastEvent}`)
    if (entry.kind === 'event') {
      const { customer, data } = entry.event
      const last = customer === null ? '' : lastOf.get(customer)
      if (last !== undefined && entry.prevOfCustomer !== last) {
        throw broken(`prev_of_customer is not ${last}`)
      }
      lastEvent = cursorOf(entry)
      if (customer !== null) lastOf.set(customer, lastEvent)
      facts.push({ source: row.source, data })
    }
    before = row
  }
  if (!before) throw new Error('the log has no entry')
  verifyLast(sqlite, lastOf)
  return facts
}

function verifyLast(sqlite: Sqlite, lastOf: ReadonlyMap<string, string>): void {
  const rows = sqlite
    .prepare<{ customer: string; cursor: string }, []>(
      "SELECT customer, id || '.' || tag AS cursor FROM log_last",
    )
    .all()
  for (const { customer, cursor } of rows) {
    if (lastOf.get(customer) !== cursor) throw new Error(`log_last of ${customer} is ${cursor}`)
  }
  if (rows.length !== lastOf.size) throw new Error('log_last lacks a customer')
}
