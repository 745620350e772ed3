import type { AppendOutcome, EventLog, PartitionBatch, RecordsBatch } from '../event-log/event-log'

export interface Appender {
  /**
   * Appends in the order of the calls, gathered with what other partitions bring meanwhile, and
   * before what was appended earlier is answered: compare-and-append refuses what follows on records
   * that did not land. Rejects where the log cannot be reached; then nobody knows what landed.
   * @param bytes about what it holds in memory
   */
  append(batch: RecordsBatch, bytes: number): Promise<AppendOutcome>
  /** Resolves when there is room for more. */
  room(): Promise<void>
}

export interface AppenderLimits {
  /** Handed over and not answered yet. */
  readonly maxBytes: number
  /** Of one call. */
  readonly callBytes: number
  /** More calls than this gather at the mirror and not on the way. */
  readonly calls: number
}

export const APPENDER_LIMITS: AppenderLimits = {
  maxBytes: 8 * 1_048_576,
  callBytes: 524_288,
  calls: 3,
}

interface Waiting {
  readonly batch: PartitionBatch
  readonly bytes: number
  readonly resolve: (outcome: AppendOutcome) => void
  readonly reject: (error: unknown) => void
}

export function createAppender(
  log: Pick<EventLog, 'append'>,
  { maxBytes, callBytes, calls }: AppenderLimits = APPENDER_LIMITS,
): Appender {
  const waiting: Waiting[] = []
  const wanting: (() => void)[] = []
  let held = 0
  let running = 0
  let scheduled = false

  /** What comes in the same turn goes out together. */
  function schedule(): void {
    if (scheduled || running >= calls || waiting.length === 0) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      while (running < calls && waiting.length > 0) void call(take())
    })
  }

  function take(): Waiting[] {
    let bytes = 0
    let count = 0
    while (count < waiting.length && (count === 0 || bytes + waiting[count]!.bytes <= callBytes)) {
      bytes += waiting[count]!.bytes
      count += 1
    }
    return waiting.splice(0, count)
  }

  async function call(taken: readonly Waiting[]): Promise<void> {
    running += 1
    try {
      const outcomes = await log.append(taken.map(({ batch }) => batch))
      for (const [at, { resolve }] of taken.entries()) resolve(outcomes[at]!)
    } catch (error) {
      for (const { reject } of taken) reject(error)
    } finally {
      running -= 1
      for (const { bytes } of taken) held -= bytes
      while (held < maxBytes && wanting.length > 0) wanting.shift()!()
      schedule()
    }
  }

  return {
    append(batch, bytes) {
      held += bytes
      return new Promise((resolve, reject) => {
        waiting.push({ batch, bytes, resolve, reject })
        schedule()
      })
    },
    room: () =>
      held < maxBytes ? Promise.resolve() : new Promise((resolve) => wanting.push(resolve)),
  }
}
