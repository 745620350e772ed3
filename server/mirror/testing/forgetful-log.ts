import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../errors'
import type {
  AppendOutcome,
  LogEntry,
  LogState,
  PartitionBatch,
  RefillSpan,
  SharedLog,
} from '../../event-log/event-log'
import { openSqliteLog, type SqliteEventLog } from '../../event-log/event-log.sqlite'
import { databasePath, openDatabase, type Database } from '../../lib/database.sqlite'
import { tempFolder } from '../../testing/temp-folder'

const RETENTION = { retentionMs: 1e12, retentionMaxEntries: 1e9 }

/** How an append ends badly: nothing was written, or it was and nobody heard of it. */
export type Fault = 'before' | 'after'

/** A log in SQLite that can be made to fail, and to forget its newest entries or all of them. */
export class ForgetfulLog implements SharedLog, Disposable {
  readonly #temp = tempFolder()
  #folders = 0
  #opened = false
  #database: Database
  #log: SqliteEventLog
  #refill = new Map<string, RefillSpan>()
  /** How the next appends end. */
  readonly faults: Fault[] = []
  /** One after the other, as Redis would. */
  #turn: Promise<unknown> = Promise.resolve()
  #kept: { readonly path: string; readonly refill: Map<string, RefillSpan> } | null = null

  /** @param delay turns that an append takes */
  constructor(private readonly delay: () => number) {
    this.#database = openDatabase(this.#nextFolder())
    this.#log = openSqliteLog(this.#database, RETENTION)
  }

  append(batch: readonly PartitionBatch[]): Promise<readonly AppendOutcome[]> {
    return this.#inTurn(async () => {
      for (let turns = this.delay(); turns > 0; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      const fault = this.faults.shift()
      if (fault === 'before') throw unreachable()
      this.#checkOpen()
      const outcomes = await this.#log.append(batch)
      for (const [at, { partition }] of batch.entries()) this.#passed(partition, outcomes[at]!)
      if (fault === 'after') throw unreachable()
      return outcomes
    })
  }

  state(): Promise<LogState> {
    return this.#inTurn(async () => ({
      opened: this.#opened,
      checkpoints: this.#opened ? await this.#log.checkpoints() : new Map(),
      refill: new Map(this.#refill),
    }))
  }

  async open(refill: ReadonlyMap<string, RefillSpan>): Promise<LogState> {
    await this.#inTurn(async () => {
      if (this.#opened) return
      this.#opened = true
      this.#refill = new Map([...refill].filter(([, { start, target }]) => target >= start))
    })
    return this.state()
  }

  beat(lagMs: number): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#checkOpen()
      await this.#log.note({ kind: 'beat', note: String(lagMs) })
      return true
    })
  }

  /** What a later `forgetTail` goes back to. */
  keep(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#opened) return
      const path = this.#nextFolder()
      this.#database.sqlite.run('VACUUM INTO ?', [databasePath(path)])
      this.#kept = { path, refill: new Map(this.#refill) }
    })
  }

  /** Goes back to what was kept; does nothing where nothing was. */
  forgetTail(): Promise<void> {
    return this.#inTurn(async () => {
      const kept = this.#kept
      this.#kept = null
      if (!kept) return
      this.#exchange(kept.path)
      this.#refill = kept.refill
    })
  }

  forgetAll(): Promise<void> {
    return this.#inTurn(async () => {
      this.#exchange(this.#nextFolder())
      this.#opened = false
      this.#refill.clear()
      this.#kept = null
    })
  }

  entries(): Promise<readonly LogEntry[]> {
    return this.#inTurn(() => this.#log.newest(1e6, 1e9))
  }

  [Symbol.dispose](): void {
    this.#close()
    this.#temp[Symbol.dispose]()
  }

  checkpoints: SharedLog['checkpoints'] = () => this.#log.checkpoints()
  newest: SharedLog['newest'] = (entries, bytes) => this.#log.newest(entries, bytes)
  replay: SharedLog['replay'] = (channel, after, limit) => this.#log.replay(channel, after, limit)
  tail: SharedLog['tail'] = (after, signal) => this.#log.tail(after, signal)
  note: SharedLog['note'] = (entry) => this.#log.note(entry)
  pendingAgeMs: SharedLog['pendingAgeMs'] = () => 0
  maintain: SharedLog['maintain'] = async () => ({ more: false, ceiling: false })

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #passed(partition: string, { outcome, checkpoint }: AppendOutcome): void {
    const span = this.#refill.get(partition)
    if (!span || outcome === 'rewind') return
    if (!checkpoint || checkpoint.offset >= span.target) this.#refill.delete(partition)
  }

  #exchange(path: string): void {
    this.#close()
    this.#database = openDatabase(path)
    this.#log = openSqliteLog(this.#database, RETENTION)
  }

  #close(): void {
    this.#log.close()
    this.#database.close()
  }

  #checkOpen(): void {
    if (!this.#opened) {
      throw new AppError('log_not_open', 503, 'The log is not open.', { temporary: true })
    }
  }

  #nextFolder(): string {
    const path = join(this.#temp.path, String(this.#folders++))
    mkdirSync(path)
    return path
  }
}

function unreachable(): AppError {
  return new AppError('log_unreachable', 503, 'The log cannot be reached.', { temporary: true })
}
