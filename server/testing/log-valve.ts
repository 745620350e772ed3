import { AppError } from '../errors'
import type { EventLog, LogChannel, LogEntry } from '../event-log/event-log'
import type { Cursor } from '../protocol/cursor'

/** A log behind a valve: what it hands over can be held back, cut off, or come from another log. */
export class LogValve implements EventLog {
  private held = false
  private opened = Promise.withResolvers<void>()
  private failing: 'log_unavailable' | 'refilling' | null = null
  private broken = new AbortController()
  private exchanged = false

  constructor(private log: EventLog) {
    this.opened.resolve()
  }

  /** Tails hand over nothing more until `release`. */
  hold(): void {
    // A tail that waits already waits for the one before.
    if (!this.held) this.opened = Promise.withResolvers()
    this.held = true
  }

  release(): void {
    this.held = false
    this.opened.resolve()
  }

  /** Every read fails, tails included, until `heal`. */
  fail(code: 'log_unavailable' | 'refilling' = 'log_unavailable'): void {
    this.failing = code
    this.broken.abort()
  }

  heal(): void {
    this.failing = null
    this.broken = new AbortController()
  }

  /** From now on it is another log. */
  exchange(log: EventLog): void {
    this.log = log
    this.exchanged = true
    this.broken.abort()
    this.broken = new AbortController()
  }

  /** Replays that were asked for. */
  reads = 0

  /** The next batch of the tail lacks its first entry. */
  skipNext = false

  async *tail(after: Cursor, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    this.check()
    this.exchanged = false
    const broken = this.broken.signal
    for await (const batch of this.log.tail(after, AbortSignal.any([signal, broken]))) {
      await this.opened.promise
      if (broken.aborted) break
      yield this.skipNext ? batch.slice(1) : batch
    }
    if (this.exchanged) throw new AppError('position_lost', 410, 'another log')
    this.check()
  }

  async newest(maxEntries: number, maxBytes: number) {
    this.check()
    return this.log.newest(maxEntries, maxBytes)
  }

  async replay(channel: LogChannel, after: Cursor, limit: number) {
    this.reads++
    this.check()
    return this.log.replay(channel, after, limit)
  }

  append: EventLog['append'] = (batch) => this.log.append(batch)
  note: EventLog['note'] = (entry) => this.log.note(entry)
  checkpoints: EventLog['checkpoints'] = () => this.log.checkpoints()
  pendingAgeMs: EventLog['pendingAgeMs'] = () => this.log.pendingAgeMs()

  private check(): void {
    if (this.failing) throw new AppError(this.failing, 503, 'cut off', { temporary: true })
  }
}
