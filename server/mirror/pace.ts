/** How soon things are tried again, and looked at. */
export interface Pace {
  /** Between two comparisons of log and topics, in milliseconds. */
  readonly lookEveryMs: number
  /** Before the next try after one failure, two, …; the last one from then on. */
  readonly retriesMs: readonly number[]
  /** For how long Kafka must not know of something before it counts as gone. */
  readonly goneAfterMs: number
  /** For how long nothing may move where records wait, before everything is asked anew. */
  readonly stuckAfterMs: number
}

export const PACE: Pace = {
  lookEveryMs: 2_500,
  retriesMs: [100, 250, 500, 1_000, 2_000, 5_000],
  goneAfterMs: 15_000,
  stuckAfterMs: 30_000,
}

/** Before the next try, after so many that failed. */
export function retryMs({ retriesMs }: Pace, failures: number): number {
  return retriesMs[Math.min(failures, retriesMs.length) - 1] ?? 0
}
