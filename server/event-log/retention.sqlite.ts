import type { Database as Sqlite } from 'bun:sqlite'

export interface Retention {
  /** Entries older than this go first. */
  readonly retentionMs: number
  /** More entries than this are never kept, however young. */
  readonly retentionMaxEntries: number
}

/** Entries in one step: bounds how long a commit that trims takes. */
const TRIM_STEP_ENTRIES = 500

interface OldRow {
  readonly id: number
  readonly at: number
  readonly customer: string | null
}

/** Removes the oldest entries that are past their time, or too many. The newest one always stays. */
export interface Trimmer {
  /** Whether `step` would remove anything: a read, so that an idle log commits nothing. */
  due(retention: Retention, now: number): boolean

  /**
   * Removes a bounded number of entries, and the `log_last` rows that point at them. Runs inside
   * `transact`; returns how many it removed.
   */
  step(retention: Retention, now: number): number
}

export function prepareTrimmer(sqlite: Sqlite): Trimmer {
  const newestId = sqlite.prepare<{ id: number }, []>('SELECT max(id) AS id FROM log_entries')
  const oldest = sqlite.prepare<OldRow, [number, number]>(
    'SELECT id, at, customer FROM log_entries WHERE id < ? ORDER BY id LIMIT ?',
  )
  const dropLast = sqlite.prepare('DELETE FROM log_last WHERE customer = ? AND id = ?')
  const dropUpTo = sqlite.prepare('DELETE FROM log_entries WHERE id <= ?')

  /** The oldest entries that may go, at most `limit`. */
  function outdated({ retentionMs, retentionMaxEntries }: Retention, now: number, limit: number) {
    const newest = newestId.get()!.id
    // Ids have no holes: each entry's is one more than the one before it.
    const tooMany = newest - retentionMaxEntries
    const tooOld = now - retentionMs
    const rows = oldest.all(newest, limit)
    const kept = rows.findIndex(({ id, at }) => id > tooMany && at >= tooOld)
    return kept === -1 ? rows : rows.slice(0, kept)
  }

  return {
    due: (retention, now) => outdated(retention, now, 1).length > 0,
    step(retention, now) {
      const rows = outdated(retention, now, TRIM_STEP_ENTRIES)
      for (const { id, customer } of rows) if (customer !== null) dropLast.run(customer, id)
      const last = rows.at(-1)
      if (last) dropUpTo.run(last.id)
      return rows.length
    },
  }
}
