import type { SharedLog } from '../event-log/event-log'

/** A worker beats about so often while the log is silent, or while something lags. */
const BEAT_EVERY_MS = 5_000
/** A log whose newest entry is at least this old is silent. */
const SILENT_MS = 4_000
/** Lag beyond this is told even while entries flow. */
const LAG_MS = 5_000
/** Kafka answered a fetch within this time, or nothing is proved. */
const FETCHED_WITHIN_MS = 10_000

export interface Pulse {
  readonly now: number
  /** The oldest lag of all partitions. */
  readonly lagMs: number
  /** When Kafka last answered a fetch of this worker. */
  readonly fetchedAt: number
}

/** What to pass on to `SharedLog.beat`, or null for nothing now. */
export interface Beat {
  readonly lagMs: number
  readonly silentMs: number
}

/** Decides when this worker beats. Pure but for what it beat last. */
export class Beats {
  #beatAt = -Infinity
  #wasLagging = false

  /** What is due, or null. Whoever then beats says so. */
  due({ now, lagMs, fetchedAt }: Pulse): Beat | null {
    if (now - fetchedAt > FETCHED_WITHIN_MS) return null
    const isLagging = lagMs > LAG_MS
    // The end of a lag is told at once, or readers would go on believing the last beat.
    const hasEnded = this.#wasLagging && !isLagging
    // A clock that was set back must not silence it for as long.
    if (!hasEnded && Math.abs(now - this.#beatAt) < BEAT_EVERY_MS) return null
    return { lagMs: Math.round(lagMs), silentMs: isLagging || hasEnded ? 0 : SILENT_MS }
  }

  beaten(at: number, { lagMs }: Beat): void {
    this.#beatAt = at
    this.#wasLagging = lagMs > LAG_MS
  }
}

/** Beats if it is time, and the log is silent or something lags. */
export async function beat(log: SharedLog, beats: Beats, pulse: Pulse): Promise<void> {
  const due = beats.due(pulse)
  if (due && (await log.beat(due.lagMs, due.silentMs))) beats.beaten(pulse.now, due)
}
