import { DEAD_LETTER_REASONS, type DeadLetterReason } from './dead-letter'

/** What the mirror tells of itself, for metrics. Counts since it was made. */
export interface MirrorStats {
  /** Entries that its appends wrote. */
  readonly appended: number
  /** Times that a partition was read again from an earlier place. */
  readonly rewinds: number
  /** Sources that changed or lost records: each is an alarm. */
  readonly gaps: number
  readonly deadLetters: Readonly<Record<DeadLetterReason, number>>
  /** Of every partition of its topics, also those that other workers read; empty until it is known. */
  readonly lag: ReadonlyMap<string, PartitionLag>
  /** When that was found out, milliseconds since the epoch: not while log or Kafka are away; null: never. */
  readonly measuredAt: number | null
  readonly refilling: boolean
  /** Milliseconds since the epoch: since when any of its partitions cannot go on; null: none. */
  readonly stalledSince: number | null
  /** What went wrong last, in one sentence. Stays until the next one. */
  readonly lastError: string | null
  /** When, milliseconds since the epoch. */
  readonly lastErrorAt: number | null
}

export interface PartitionLag {
  readonly records: number
  /** Milliseconds since records were seen in it that are not in the log; 0 where there are none. */
  readonly ageMs: number
}

/** What the parts of one mirror count. */
export class Counters {
  appended = 0
  rewinds = 0
  gaps = 0
  lastError: string | null = null
  lastErrorAt: number | null = null
  readonly deadLetters = Object.fromEntries(
    DEAD_LETTER_REASONS.map((reason) => [reason, 0]),
  ) as Record<DeadLetterReason, number>

  failed(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error)
    this.lastErrorAt = Date.now()
  }
}
