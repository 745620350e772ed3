import type { Checkpoint, OrderEvent, Partition } from '../event-log/event-log'
import type { EventName } from '../protocol/frames'

/** A normalized event of an order service that is not ours; its order may be known in part only. */
export interface ForeignEvent {
  readonly name: EventName
  readonly orderId: string
  /**
   * What it says of the order, by the names of `Order`; what it does not say is absent. Amounts are
   * integers of the minor unit, times ISO 8601 in UTC. Unknown members are in `extra`.
   */
  readonly fields: Readonly<Record<string, unknown>>
  /** Members that `Order` does not know, as they came, by name. */
  readonly extra: Readonly<Record<string, unknown>>
  readonly stamp: Stamp
}

/** When a value was said. Compared as one tuple, in this order of members: a total order. */
export interface Stamp {
  /** Null: the service gives none. Any version is higher than none. */
  readonly version: number | null
  /** Milliseconds since the epoch, of `updatedAt`, `cancelledAt` or `createdAt`, else of the record. */
  readonly time: number
  /** cancelled > updated > created. */
  readonly name: EventName
  /** `partition@offset`, compared by partition, then by offset as a number. */
  readonly source: string
}

export interface ForeignRecord extends Checkpoint {
  /** Null where the record yields none. */
  readonly event: ForeignEvent | null
}

/** Folds foreign events into the tables of orders. Rejects with an `AppError` while out of reach. */
export interface Projection {
  checkpoints(): Promise<ReadonlyMap<Partition, Checkpoint>>
  /**
   * Folds the records, in one transaction with orders, history, figures and the partition's
   * checkpoint, and answers for each record the event for the log: the whole order as it is then,
   * null where the record has none. Folding a record again changes nothing and answers the order as
   * it is, so that a repeat after a crash is harmless; the checkpoint never moves back.
   *
   * Rejects with the code `projection_rewind` (503, temporary), and writes nothing, where the tables
   * hold less than `expected` or another record in its place: the store lost its last commits, and to
   * go on would leave a hole. Whoever gets it reads `checkpoints()` again and seeks there.
   * @param records by ascending offset
   * @param expected what the caller knows to be the partition's last record here, or null for none
   */
  apply(
    partition: Partition,
    records: readonly ForeignRecord[],
    expected?: Checkpoint | null,
  ): Promise<readonly (OrderEvent | null)[]>
  /** Sets the partition's checkpoint where its source changed. */
  reset(partition: Partition, checkpoint: Checkpoint | null): Promise<void>
}
