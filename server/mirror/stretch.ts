import type { Checkpoint } from '../event-log/event-log'
import type { KafkaRecord } from '../kafka/kafka'
import { fingerprintOf } from './fingerprint'
import { further, type Place, type Progress } from './progress'

/**
 * What is known while a partition is read on from one place, until it is placed anew. Decides which
 * records are new, and whether the source is still the one that the checkpoints were made of.
 */
export class Stretch implements Progress {
  /** The offset of the next record, or of one before it that is not there. */
  next: number
  /** The last record that was handed over to be appended: what the next append expects. */
  handed: Checkpoint | null
  logged: Checkpoint | null
  projected: Checkpoint | null
  /** The partition's end as of its newest fetch. */
  end = 0
  /** Of the newest record that was read, milliseconds since the epoch. */
  timestamp = 0
  readonly #logFrom: number

  constructor(
    place: Place,
    private readonly projects: boolean,
  ) {
    this.next = place.from
    this.handed = this.logged = place.logged
    this.projected = place.projected
    this.#logFrom = place.logFrom
  }

  /** Whether records that are needed are missing before `offset`, which was delivered next. */
  isHoleBefore(offset: number): boolean {
    return offset > this.firstNeeded()
  }

  firstNeeded(): number {
    return this.isWanted(this.next) ? this.next : this.next + 1
  }

  /** Whether the record stands where a checkpoint says that there is another one. */
  isAnother(record: KafkaRecord): boolean {
    const { offset } = record
    if (offset !== this.logged?.offset && offset !== this.projected?.offset) return false
    const fingerprint = fingerprintOf(record)
    return [this.logged, this.projected].some(
      (checkpoint) => checkpoint?.offset === offset && checkpoint.fingerprint !== fingerprint,
    )
  }

  /** Whether it is not both in the log and in the tables, as far as is known. */
  isWanted(offset: number): boolean {
    return this.isToLog(offset) || this.isToProject(offset)
  }

  isToLog(offset: number): boolean {
    return this.handed ? offset > this.handed.offset : offset >= this.#logFrom
  }

  isToProject(offset: number): boolean {
    return this.projects && (!this.projected || offset > this.projected.offset)
  }

  /** Everything up to this record was read, for whatever that was. */
  read({ offset, timestamp }: KafkaRecord): void {
    // What is delivered once more does not make it forget.
    if (offset < this.next) return
    this.next = offset + 1
    this.timestamp = timestamp
  }

  projectedUpTo(checkpoint: Checkpoint): void {
    this.projected = further(this.projected, checkpoint)
  }

  /** An append is answered; the log may be further than this mirror brought it. */
  landed(checkpoint: Checkpoint | null): void {
    this.logged = further(this.logged, checkpoint)
    this.handed = further(this.handed, checkpoint)
  }
}
