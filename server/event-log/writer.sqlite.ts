import type { Database } from '../lib/database.sqlite'
import { type Cursor, formatCursor, parseCursor } from '../protocol/cursor'
import { decideGap, decideRecords } from './compare-append'
import { buildEvent, buildNote, buildOpen, type ChainHead, cursorOf, headAfter } from './entry'
import type {
  AppendOutcome,
  Checkpoint,
  ControlEntry,
  GapBatch,
  LogEntry,
  OrderEvent,
  PartitionBatch,
  RecordsBatch,
} from './event-log'
import { entryOfRow, type Rows } from './rows.sqlite'

/**
 * The writing half of the log: everything here runs inside `transact`. Keeps the chain's head in
 * memory, which goes back with the rows when a work or a whole commit fails.
 */
export class LogWriter {
  /** Entries of the running group, in log order. */
  #pending: LogEntry[] = []
  #head: ChainHead
  /** The newest durable entry. */
  #committed: Cursor

  constructor(
    private readonly database: Database,
    private readonly rows: Rows,
    private readonly now: () => number,
  ) {
    this.#head = this.#openHead()
    this.#committed = cursorOf(this.#head)
    database.participate(() => {
      const head = this.#head
      const count = this.#pending.length
      return () => {
        this.#head = head
        this.#pending.length = count
      }
    })
  }

  /** The newest durable entry. */
  head(): Cursor {
    return this.#committed
  }

  /** What the last commit made durable, and the entry before it. To be called once after each. */
  takeCommitted(): { readonly before: Cursor; readonly batch: readonly LogEntry[] } {
    const before = this.#committed
    const batch = this.#pending
    this.#pending = []
    this.#committed = cursorOf(this.#head)
    return { before, batch }
  }

  event(event: OrderEvent, source: string): void {
    this.#checkTransaction()
    const { customer } = event
    const last = customer === null ? null : this.rows.lastOf.get(customer)
    const prevOfCustomer = last ? formatCursor(String(last.id), last.tag) : ''
    const id = Number(this.#head.id) + 1
    const place = { id: String(id), at: this.now(), source }
    const entry = buildEvent(this.#head, place, event, prevOfCustomer)
    this.rows.insertEvent.run(
      id,
      entry.tag,
      entry.prevTag,
      source,
      entry.at,
      event.name,
      customer,
      event.data,
      event.staffOnly,
      prevOfCustomer,
      entry.prevEvent,
    )
    if (customer !== null) this.rows.setLast.run(customer, id, entry.tag)
    this.#push(entry)
  }

  note(kind: Exclude<ControlEntry['kind'], 'open'>, note: string, source: string): Cursor {
    this.#checkTransaction()
    const id = Number(this.#head.id) + 1
    const entry = buildNote(this.#head, { id: String(id), at: this.now(), source }, kind, note)
    const { tag, prevTag, at } = entry
    this.rows.insertNote.run(id, tag, prevTag, source, at, kind, note, this.#head.lastEvent)
    this.#push(entry)
    return cursorOf(entry)
  }

  append(batch: PartitionBatch): AppendOutcome {
    const row = this.rows.checkpoint.get(batch.partition)
    const stored = row ? { offset: row.offset, fingerprint: row.fingerprint } : null
    return 'gap' in batch ? this.#gap(stored, batch) : this.#records(stored, batch)
  }

  /** The log holds nothing older than `oldestId` any more: what would be linked to it is not. */
  trimmed(oldestId: number): void {
    const lastEvent = parseCursor(this.#head.lastEvent)
    if (lastEvent && Number(lastEvent.id) < oldestId) this.#head = { ...this.#head, lastEvent: '' }
  }

  #records(stored: Checkpoint | null, batch: RecordsBatch): AppendOutcome {
    const decision = decideRecords(stored, batch)
    if (decision.action === 'rewind') return { outcome: 'rewind', checkpoint: stored }
    let entries = 0
    for (const { offset, event } of decision.records) {
      if (!event) continue
      this.event(event, `${batch.partition}@${offset}`)
      entries += 1
    }
    const newest = decision.records.at(-1)
    if (!newest) return { outcome: 'appended', entries, checkpoint: stored }
    const { offset, fingerprint } = newest
    this.rows.setCheckpoint.run(batch.partition, offset, fingerprint)
    return { outcome: 'appended', entries, checkpoint: { offset, fingerprint } }
  }

  #gap(stored: Checkpoint | null, batch: GapBatch): AppendOutcome {
    if (decideGap(stored, batch) === 'rewind') return { outcome: 'rewind', checkpoint: stored }
    const { checkpoint } = batch.gap
    this.note('gap', batch.partition, `${batch.partition}@${checkpoint?.offset ?? ''}`)
    if (checkpoint) {
      this.rows.setCheckpoint.run(batch.partition, checkpoint.offset, checkpoint.fingerprint)
    } else {
      this.rows.dropCheckpoint.run(batch.partition)
    }
    return { outcome: 'appended', entries: 1, checkpoint }
  }

  #push(entry: LogEntry): void {
    this.#pending.push(entry)
    this.#head = headAfter(this.#head, entry)
  }

  #openHead(): ChainHead {
    const newest = this.rows.newest.get()
    if (newest) return headAfter({ lastEvent: newest.prev_event }, entryOfRow(newest))
    // An id that the table handed out before is not used again, even if somebody emptied it.
    const opening = buildOpen('', this.now())
    const row = this.rows.insertFirst.get(opening.tag, opening.at)
    if (!row) throw new Error('the open entry was not written')
    return headAfter({ lastEvent: '' }, { ...opening, id: String(row.id) })
  }

  #checkTransaction(): void {
    if (!this.database.sqlite.inTransaction) {
      throw new Error('the log is written to only inside transact')
    }
  }
}
