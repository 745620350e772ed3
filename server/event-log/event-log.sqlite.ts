import { SQLiteError } from 'bun:sqlite'
import { AppError } from '../errors'
import type { Database } from '../lib/database.sqlite'
import type { Logger } from '../lib/logger'
import { type Cursor, parseCursor } from '../protocol/cursor'
import type {
  AppendOutcome,
  Checkpoint,
  EventLog,
  LogChannel,
  LogEntry,
  OrderEvent,
  Partition,
  PartitionBatch,
  Replay,
} from './event-log'
import { replay } from './replay.sqlite'
import { prepareTrimmer, type Retention } from './retention.sqlite'
import { entryOfRow, type EntryRow, prepareRows, sizeOfRow } from './rows.sqlite'
import { follow, RecentBatches, type TailSource } from './tail'
import { LogWriter } from './writer.sqlite'

export interface SqliteEventLog extends EventLog {
  /**
   * Appends inside the running `transact` work: the entry is durable and published with it, or not
   * at all. `source` names the fact, e.g. `${orderId}@${version}`.
   */
  appendInTransaction(event: OrderEvent, source: string): void

  /** Removes what is past its retention, in bounded steps; resolves to the number of entries. */
  trim(): Promise<number>

  /** Ends every tail and the periodic trim. The database stays open. */
  close(): void
}

export interface SqliteLogOptions extends Retention {
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly logger?: Logger
}

const TRIM_EVERY_MS = 5_000
/** What tails that are a few turns behind still find in memory. */
const RECENT_ENTRIES = 2_048
/** One chunk of a tail that is behind. */
const READ_ENTRIES = 512
const READ_BYTES = 1024 * 1024

/** Opens the log in the database's tables; an empty one gets its `open` entry. */
export function openSqliteLog(database: Database, options: SqliteLogOptions): SqliteEventLog {
  return new SqliteLog(database, options)
}

class SqliteLog implements SqliteEventLog {
  readonly #rows
  readonly #writer
  readonly #trimmer
  readonly #now
  readonly #recent = new RecentBatches(RECENT_ENTRIES)
  readonly #closed = new AbortController()
  readonly #trimTimer
  readonly #tailSource: TailSource

  constructor(
    private readonly database: Database,
    private readonly options: SqliteLogOptions,
  ) {
    this.#now = options.now ?? Date.now
    this.#rows = prepareRows(database.sqlite)
    this.#trimmer = prepareTrimmer(database.sqlite)
    this.#writer = new LogWriter(database, this.#rows, this.#now)
    this.#tailSource = {
      head: () => this.#writer.head(),
      recent: (position) => this.#recent.after(position),
      read: (position) => this.#read(position),
      check: (position) => this.#check(position),
      advanced: (signal) => this.#recent.added(signal),
    }
    database.onCommit(() => {
      const { before, batch } = this.#writer.takeCommitted()
      if (batch.length > 0) this.#recent.add(before, batch)
    })
    this.#trimTimer = setInterval(() => this.#trimQuietly(), TRIM_EVERY_MS)
    this.#trimTimer.unref()
  }

  appendInTransaction(event: OrderEvent, source: string): void {
    this.#writer.event(event, source)
  }

  append(batch: readonly PartitionBatch[]): Promise<readonly AppendOutcome[]> {
    return this.database.transact(() => batch.map((group) => this.#writer.append(group)))
  }

  note({ kind, note }: { kind: 'revoke' | 'beat'; note: string }): Promise<Cursor> {
    return this.database.transact(() => this.#writer.note(kind, note, ''))
  }

  tail(after: Cursor, signal: AbortSignal): AsyncIterable<readonly LogEntry[]> {
    return follow(this.#tailSource, after, AbortSignal.any([signal, this.#closed.signal]))
  }

  async newest(maxEntries: number, maxBytes: number): Promise<readonly LogEntry[]> {
    return reading(() =>
      taken(this.#rows.backFrom.iterate(Math.max(1, maxEntries)), maxEntries, maxBytes).reverse(),
    )
  }

  async replay(channel: LogChannel, after: Cursor, limit: number): Promise<Replay> {
    return reading(() => replay(this.#rows, this.#writer.head(), channel, after, limit))
  }

  async checkpoints(): Promise<ReadonlyMap<Partition, Checkpoint>> {
    const rows = reading(() => this.#rows.checkpoints.all())
    return new Map(
      rows.map(({ partition, offset, fingerprint }) => [partition, { offset, fingerprint }]),
    )
  }

  pendingAgeMs(): number {
    return this.database.pendingAgeMs()
  }

  async trim(): Promise<number> {
    let total = 0
    while (!this.#closed.signal.aborted && this.#trimmer.due(this.options, this.#now())) {
      total += await this.database.transact(() => {
        const removed = this.#trimmer.step(this.options, this.#now())
        this.#writer.trimmed(this.#rows.oldestId.get()!.id!)
        return removed
      })
    }
    return total
  }

  close(): void {
    clearInterval(this.#trimTimer)
    this.#closed.abort()
  }

  /** What could not be trimmed now is trimmed the next time. */
  #trimQuietly(): void {
    this.trim().catch((error: unknown) => {
      if (this.#closed.signal.aborted) return
      this.options.logger?.error({ err: error }, 'the event log could not be trimmed')
    })
  }

  #read(position: Cursor): readonly LogEntry[] {
    const parts = parseCursor(position)!
    const entries = reading(() =>
      taken(this.#rows.after.iterate(Number(parts.id)), READ_ENTRIES, READ_BYTES),
    )
    // The tag alone shows that nothing was trimmed or exchanged between the position and this.
    if (entries[0]?.prevTag !== parts.tag) throw positionLost(position)
    return entries
  }

  #check(position: Cursor): void {
    const parts = parseCursor(position)
    const row = parts && reading(() => this.#rows.tagAt.get(Number(parts.id)))
    if (!row || row.tag !== parts.tag) throw positionLost(position)
  }
}

/** The first rows, at most `maxEntries` and about `maxBytes` of them; at least one if there is one. */
function taken(rows: Iterable<EntryRow>, maxEntries: number, maxBytes: number): LogEntry[] {
  const entries: LogEntry[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += sizeOfRow(row)
    if (entries.length > 0 && bytes > maxBytes) break
    entries.push(entryOfRow(row))
    if (entries.length >= maxEntries) break
  }
  return entries
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof SQLiteError)) throw cause
    throw new AppError('log_unavailable', 503, `The event log cannot be read (${cause.message}).`, {
      temporary: true,
      cause,
    })
  }
}

function positionLost(position: Cursor): AppError {
  return new AppError('position_lost', 410, `The event log does not hold ${position} any more.`)
}
