import { AppError } from '../errors'
import type { Logger } from '../lib/logger'
import { isTold } from '../lib/outage'

const RETRY_MS = [100, 200, 500, 1_000, 2_000, 5_000]
const REPORT_EVERY_MS = 60_000

/** Failures in a row: how long to wait after each, and when to say so. */
export class Trouble {
  /** In all. */
  failures = 0
  private inARow = 0
  private since = 0
  private reportedAt = 0
  /** Whether somebody was told who now waits for the end. */
  private said = false

  constructor(
    private readonly logger: Logger,
    /** What does not work, as the beginning of a sentence. */
    private readonly what: string,
  ) {}

  /** Answers after how many milliseconds to try again. Says the first in a row, then one a minute. */
  failed(error: unknown): number {
    const now = performance.now()
    if (this.inARow === 0) this.since = now
    if (this.inARow === 0 || now - this.reportedAt >= REPORT_EVERY_MS) {
      this.reportedAt = now
      const forMs = Math.round(now - this.since)
      const level = levelOf(error)
      this.said ||= level !== 'debug'
      this.logger[level]({ err: error, forMs }, `${this.what} cannot go on`)
    }
    this.failures++
    return RETRY_MS[Math.min(this.inARow++, RETRY_MS.length - 1)]!
  }

  over(): void {
    if (this.inARow === 0) return
    const forMs = Math.round(performance.now() - this.since)
    const level = this.said ? 'info' : 'debug'
    this.logger[level]({ failures: this.inARow, forMs }, `${this.what} goes on`)
    this.said = false
    this.inARow = 0
  }
}

function levelOf(error: unknown): 'debug' | 'warn' | 'error' {
  if (isTold(error)) return 'debug'
  return error instanceof AppError && error.temporary ? 'warn' : 'error'
}
