import type { LogEntry } from '../event-log/event-log'

/** A worker whose lag is above this beats every few seconds even while entries flow. */
const REPORTED_LAG_MS = 5_000
/** Such a report that was not renewed for this long is of a worker that is gone, or done. */
const REPORT_LASTS_MS = 30_000

interface LagReport {
  /** When it was appended, milliseconds since the epoch by the log's clock. */
  readonly at: number
  readonly lagMs: number
}

/**
 * How old the newest proof is that a log with beats comes through here. Entries carry the time of the
 * store's clock, so the difference between that and this machine's clock is part of the answer:
 * where ours is behind, less is told than is true; where ours is ahead, more. It is never negative.
 */
export class ProofAge {
  private newest: LogEntry | null = null
  private report: LagReport | null = null

  /** Entries came through, in log order. */
  take(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'beat') this.report = { at: entry.at, lagMs: lagOf(entry.note) }
    }
    this.newest = entries.at(-1) ?? this.newest
  }

  /** The log begins anew: reports of the one before say nothing. */
  reset(): void {
    this.newest = null
    this.report = null
  }

  /** Milliseconds; 0 before the first entry. @param now milliseconds since the epoch */
  ageMs(now: number): number {
    const { newest, report } = this
    if (!newest) return 0
    const silentMs = now - newest.at
    if (!report) return Math.max(0, silentMs)
    const reportedMs = now - report.at
    const isRenewed = report.lagMs > REPORTED_LAG_MS && reportedMs < REPORT_LASTS_MS
    const lagMs = isRenewed || newest.kind === 'beat' ? report.lagMs + reportedMs : 0
    return Math.max(0, silentMs, lagMs)
  }
}

function lagOf(note: string): number {
  const lagMs = Number(note)
  return Number.isFinite(lagMs) && lagMs > 0 ? lagMs : 0
}
