import type { Checkpoint, RefillSpan } from '../event-log/event-log'
import type { PartitionSpan } from '../kafka/kafka'
import type { PartitionLag } from './stats'

interface Seen {
  /** What the partition's end was seen to be. */
  readonly end: number
  readonly at: number
}

/**
 * How long records have been waiting that the log does not have, of all partitions: since their
 * partition's end was first seen beyond its checkpoint. Pure but for what it was told before.
 */
export class LagGauge {
  /** Ends that the checkpoint has not reached, by ascending offset and time. */
  readonly #seen = new Map<string, Seen[]>()
  readonly #lags = new Map<string, PartitionLag>()

  /** @param through an end up to which nothing is left to read, though its last record is before it */
  observe(
    name: string,
    { earliest, end }: Pick<PartitionSpan, 'earliest' | 'end'>,
    checkpoint: Checkpoint | null,
    refill: RefillSpan | undefined,
    through: number,
    now: number,
  ): void {
    const reached = checkpoint
      ? checkpoint.offset + 1
      : Math.max(earliest, refill?.start ?? earliest)
    const next = Math.max(reached, through)
    const waiting = (this.#seen.get(name) ?? []).filter(
      (seen) => seen.end > next && seen.end <= end,
    )
    if (end > (waiting.at(-1)?.end ?? next)) waiting.push({ end, at: now })
    this.#seen.set(name, waiting)
    const oldest = waiting[0]
    this.#lags.set(name, {
      records: oldest ? end - next : 0,
      // A clock may be set back.
      ageMs: oldest ? Math.max(0, now - oldest.at) : 0,
    })
  }

  /** Forgets partitions that there are not any more. */
  keep(names: ReadonlySet<string> | ReadonlyMap<string, unknown>): void {
    for (const name of this.#lags.keys()) {
      if (names.has(name)) continue
      this.#lags.delete(name)
      this.#seen.delete(name)
    }
  }

  lags(): ReadonlyMap<string, PartitionLag> {
    return new Map(this.#lags)
  }

  oldestMs(): number {
    return Math.max(0, ...[...this.#lags.values()].map(({ ageMs }) => ageMs))
  }
}
