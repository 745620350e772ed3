/** Rows a second from which on being woken for each would cost the writers more than looking does. */
const BUSY_RATE = 200
const QUIET_RATE = 50
/** The rate is that of about the last second. */
const RATE_SPAN_MS = 1_000
const LOOK_EVERY_MS = 5
/** So long a writer may take from asking whether to wake anybody to its commit. */
const SETTLING_MS = 250

/**
 * How the relay learns of rows. While few come it is woken for each. While many come it looks by
 * itself every few milliseconds, and nobody wakes it.
 */
export class Pace {
  private rate = 0
  private lookedAt = 0
  private quietSince = -Infinity
  private busy = false

  constructor(private readonly pollMs: number) {}

  /** Whether writers are to wake the relay. */
  get wakeUps(): boolean {
    return !this.busy
  }

  /** So many rows were found. `now` is in milliseconds. */
  looked(found: number, now: number): void {
    this.rate = this.rate * Math.exp((this.lookedAt - now) / RATE_SPAN_MS) + found
    this.lookedAt = now
    if (this.busy ? this.rate > QUIET_RATE : this.rate < BUSY_RATE) return
    this.busy = !this.busy
    if (!this.busy) this.quietSince = now
  }

  /** How long to wait where the last look found nothing. */
  waitMs(now: number): number {
    return this.busy || now - this.quietSince < SETTLING_MS ? LOOK_EVERY_MS : this.pollMs
  }
}
