import type { Checkpoint } from '../event-log/event-log'
import type { KafkaRecord, OffsetRange } from '../kafka/kafka'
import type { ReadRecord } from './chunk'
import { isContradicted, markRecord, proofOf } from './mark'
import type { Portion } from './portions'
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
  /** The last record that was read, or that proves the checkpoints; null for none. */
  proof: Checkpoint | null
  readonly #logFrom: number
  readonly #isFromEarliest: boolean

  constructor(
    place: Place,
    private readonly projects: boolean,
  ) {
    this.next = place.from
    this.handed = this.logged = place.logged
    this.projected = place.projected
    this.proof = proofOf(further(place.logged, place.projected))
    this.#logFrom = place.logFrom
    this.#isFromEarliest = place.from <= place.earliest
  }

  /** Whether records that are needed are missing before `offset`, which was delivered next. */
  isHoleBefore(offset: number): boolean {
    return offset > this.firstNeeded()
  }

  firstNeeded(): number {
    const toLog = this.handed ? this.handed.offset + 1 : this.#logFrom
    const toProject = this.projects ? (this.projected?.offset ?? -1) + 1 : Infinity
    return Math.max(this.next, Math.min(toLog, toProject))
  }

  /** Whether the record stands where a checkpoint says that there is another one. */
  isAnother(record: KafkaRecord): boolean {
    return isContradicted(this.logged, record) || isContradicted(this.projected, record)
  }

  /** Whether marks stand where the record was that proves a checkpoint. */
  isMarked({ first, last }: OffsetRange): boolean {
    return [this.logged, this.projected].some((checkpoint) => {
      const proof = proofOf(checkpoint)
      return proof && first <= proof.offset && proof.offset <= last
    })
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

  /** The mark to log where what was read up to `next` ends without a record; else null. */
  markBefore(next: number, newest: Checkpoint | null): ReadRecord | null {
    const offset = next - 1
    if (offset < this.next || offset === newest?.offset || !this.isWanted(offset)) return null
    const proof = newest ?? this.proof
    // A mark without one says that the partition holds no record before it.
    return proof || this.#isFromEarliest ? markRecord(offset, proof) : null
  }

  /** Everything before `next` was read, for whatever that was. */
  read({ records, next }: Portion, newest: Checkpoint | null): void {
    // What is delivered once more does not make it forget.
    if (next <= this.next) return
    this.next = next
    this.proof = newest ?? this.proof
    this.timestamp = records.at(-1)?.timestamp ?? this.timestamp
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
