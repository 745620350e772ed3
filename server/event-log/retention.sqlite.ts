import type { Database as Sqlite } from 'bun:sqlite'

export interface Retention {
  /** Entries older than this go first. */
  readonly retentionMs: number
  /** More entries than this are never kept, however young. */
  readonly retentionMaxEntries: number
}

/** Entries in one step: bounds how long a commit that trims takes. */
export const TRIM_STEP_ENTRIES = 500

interface OldRow {
  readonly id: number
  readonly tag: string
  readonly at: number
  readonly customer: string | null
}

/**
 * Removes the oldest entries that are past their time, or too many, a bounded number a call, and
 * with them the `log_last` rows that point at them. The newest entry always stays. Runs inside
 * `transact`; returns how many entries it removed.
 */
export function prepareTrim(sqlite: Sqlite): (retention: Retention, now: number) => number {
  const newestId = sqlite.prepare<{ id: number }, []>('SELECT max(id) AS id FROM log_entries')
  const oldest = sqlite.prepare<OldRow, [number, number]>(
    'SELECT id, tag, at, customer FROM log_entries WHERE id < ? ORDER BY id LIMIT ?',
  )
  const dropLast = sqlite.prepare('DELETE FROM log_last WHERE customer = ? AND id = ?')
  const dropUpTo = sqlite.prepare('DELETE FROM log_entries WHERE id <= ?')

  return ({ retentionMs, retentionMaxEntries }, now) => {
    const newest = newestId.get()!.id
    // Ids have no holes: each entry's is one more than the one before it.
    const tooMany = newest - retentionMaxEntries
    const tooOld = now - retentionMs
    const rows = oldest.all(newest, TRIM_STEP_ENTRIES)
    const kept = rows.findIndex(({ id, at }) => id > tooMany && at >= tooOld)
    const gone = kept === -1 ? rows : rows.slice(0, kept)
    for (const { id, customer } of gone) if (customer !== null) dropLast.run(customer, id)
    const last = gone.at(-1)
    if (last) dropUpTo.run(last.id)
    return gone.length
  }
}
