import { pause } from './bell'
import type { Backlog, Outbox } from './outbox'
import type { Trouble } from './trouble'

export interface UpkeepLimits {
  /** How often the backlog is read. */
  readonly lookEveryMs: number
  /** How long sent rows are kept; then at most so many are deleted at a time. */
  readonly keptMs: number
  readonly sweepRows: number
  /** How often to look whether there are any. */
  readonly sweepEveryMs: number
}

/** What goes on beside the sending, and never holds it up. */
export class Upkeep {
  /** As of the last look; null while there was none. */
  backlog: Backlog | null = null
  private sweptAt = -Infinity

  constructor(
    private readonly outbox: Outbox,
    private readonly limits: UpkeepLimits,
    private readonly trouble: Trouble,
  ) {}

  /** Until `signal` aborts. Only the one for which `sweeps` holds deletes. */
  async run(sweeps: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.backlog = await this.outbox.backlog()
        if (sweeps()) await this.sweep()
        this.trouble.over()
        await pause(this.limits.lookEveryMs, signal)
      } catch (error) {
        await pause(this.trouble.failed(error), signal)
      }
    }
  }

  /** One step. Where there is more to delete, the next one comes with the next look. */
  private async sweep(): Promise<void> {
    const now = performance.now()
    const { keptMs, sweepRows, sweepEveryMs } = this.limits
    if (now - this.sweptAt < sweepEveryMs) return
    const swept = await this.outbox.sweep(Date.now() - keptMs, sweepRows)
    if (swept < sweepRows) this.sweptAt = now
  }
}
