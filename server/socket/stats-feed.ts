import type { Hub } from '../hub/hub'
import type { Logger } from '../lib/logger'
import { encodeFrame } from '../protocol/frames'
import type { Stats } from '../protocol/stats'

/** Computes the figures of this moment. */
export type ComputeStats = () => Stats | Promise<Stats>

const LEAST_MS_BETWEEN = 1_000
const MINUTE_MS = 60_000

/**
 * Publishes the absolute figures to staff, at most once a second, and computes them only where staff
 * listen. A day begins with a minute in every time zone, so with `minute` midnight is not missed.
 */
export class StatsFeed {
  private compute: ComputeStats | null = null
  private publishedAt = -Infinity
  private publishedMinute = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private failing = false

  constructor(
    private readonly hub: Hub,
    private readonly logger: Logger,
  ) {}

  use(compute: ComputeStats): void {
    this.compute = compute
    this.changed()
  }

  /** The figures may be others now. */
  changed(): void {
    if (this.timer !== null || this.compute === null || this.hub.staffSubscribers() === 0) return
    const waitMs = Math.max(0, this.publishedAt + LEAST_MS_BETWEEN - performance.now())
    this.timer = setTimeout(() => void this.publish(), waitMs)
  }

  /** A new minute has other figures, though nothing happened. */
  minute(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (minute !== this.publishedMinute) this.changed()
    this.publishedMinute = minute
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.compute = null
  }

  private async publish(): Promise<void> {
    this.publishedAt = performance.now()
    try {
      if (this.compute && this.hub.staffSubscribers() > 0) {
        const data = await this.compute()
        this.hub.toStaff(() => encodeFrame({ event: 'admin:stats', data }))
        this.failing = false
      }
    } catch (error) {
      // An outage of hours is not a line a second.
      if (!this.failing) this.logger.error({ err: error }, 'the figures could not be computed')
      this.failing = true
    } finally {
      this.timer = null
    }
  }
}
