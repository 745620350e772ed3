import type { LogChannel } from '../event-log/event-log'
import type { Cursor } from '../protocol/cursor'

export interface LogReadsOptions<Answer> {
  readonly read: (channel: LogChannel, cursor: Cursor) => Promise<Answer>
  /** How many reads run at a time; further ones wait their turn. */
  readonly concurrency: number
  /** An answer serves those who ask for the same up to this long after it was read, … */
  readonly keepMs: number
  /** … as long as this holds. */
  readonly isGood: (answer: Answer) => boolean
}

/** Answers kept at the same time: one can be megabytes. */
const MAX_KEPT = 16

interface Shared<Answer> {
  readonly promise: Promise<Answer>
  /** Null while it is waited for or read. */
  answer: Answer | null
}

/** Reads of the log for replays: bounded, and equal ones share one. */
export class LogReads<Answer> {
  private readonly shared = new Map<string, Shared<Answer>>()
  private readonly queue: (() => void)[] = []
  private free: number
  private kept = 0

  constructor(private readonly options: LogReadsOptions<Answer>) {
    this.free = options.concurrency
  }

  read(channel: LogChannel, cursor: Cursor): Promise<Answer> {
    const key = channel.name === 'admin' ? `a ${cursor}` : `o ${cursor} ${channel.customer}`
    const known = this.shared.get(key)
    if (known && (known.answer === null || this.options.isGood(known.answer))) return known.promise
    const shared: Shared<Answer> = { promise: this.inTurn(channel, cursor), answer: null }
    this.shared.set(key, shared)
    const forget = () => {
      if (this.shared.get(key) === shared) this.shared.delete(key)
    }
    shared.promise.then((answer) => this.keep(shared, answer, forget), forget)
    return shared.promise
  }

  private keep(shared: Shared<Answer>, answer: Answer, forget: () => void): void {
    if (this.kept >= MAX_KEPT || !this.options.isGood(answer)) return forget()
    shared.answer = answer
    this.kept++
    setTimeout(() => {
      this.kept--
      forget()
    }, this.options.keepMs).unref()
  }

  private async inTurn(channel: LogChannel, cursor: Cursor): Promise<Answer> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.queue.push(resolve))
    try {
      return await this.options.read(channel, cursor)
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.free++
    }
  }
}
