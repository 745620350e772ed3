import type { Cursor } from '../protocol/cursor'
import { cursorOf } from './entry'
import type { LogEntry } from './event-log'

/** What a tail reads from: the newest batches in memory, everything else from the store. */
export interface TailSource {
  /** The newest durable entry. */
  head(): Cursor
  /** The batch that became durable right after `position`, while it is still in memory. */
  recent(position: Cursor): readonly LogEntry[] | undefined
  /**
   * A bounded number of durable entries right after `position`, which is not the head. Throws
   * `position_lost` unless there is at least one and it follows on the entry at `position`.
   */
  read(position: Cursor): readonly LogEntry[]
  /** Throws `position_lost` unless the log holds the entry at `position`. */
  check(position: Cursor): void
  /** Resolves after the next commit that appended, or when `signal` (not yet aborted) aborts. */
  advanced(signal: AbortSignal): Promise<void>
}

/**
 * Entries after `after`, until `signal` aborts. At the head it waits for the next commit and hands
 * over that commit's entries as one array; behind it reads, one chunk a turn of the event loop.
 * Whichever way an entry comes, the position alone decides what is next: none twice, none left out.
 */
export async function* follow(
  source: TailSource,
  after: Cursor,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  let position = after
  if (!signal.aborted) source.check(position)
  while (!signal.aborted) {
    if (position === source.head()) {
      await source.advanced(signal)
      continue
    }
    let batch = source.recent(position)
    if (!batch) {
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted) return
      batch = source.read(position)
    }
    position = cursorOf(batch.at(-1)!)
    yield batch
  }
}

/** The batches of the last commits, found by the entry before them; the oldest go first. */
export class RecentBatches {
  readonly #batches = new Map<Cursor, readonly LogEntry[]>()
  readonly #waiting = new Set<() => void>()
  #held = 0

  constructor(private readonly maxEntries: number) {}

  add(before: Cursor, batch: readonly LogEntry[]): void {
    this.#batches.set(before, batch)
    this.#held += batch.length
    for (const [key, oldest] of this.#batches) {
      if (this.#held <= this.maxEntries) break
      this.#batches.delete(key)
      this.#held -= oldest.length
    }
    for (const wake of this.#waiting) wake()
  }

  after(position: Cursor): readonly LogEntry[] | undefined {
    return this.#batches.get(position)
  }

  /** Resolves at the next `add`, or when `signal` (not yet aborted) aborts. */
  added(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
