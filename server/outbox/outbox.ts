import type { EventName } from '../protocol/frames'

/** A record that waits to be sent, written in the transaction of the order that it tells of. */
export interface OutboxRow {
  /** Ascends in the order of writing (not of committing). */
  readonly seq: number
  readonly name: EventName
  readonly orderId: string
  /** Names the fact: `${orderId}@${version}`. */
  readonly eventId: string
  /** The record's value: the whole order as JSON, amounts as decimals of the major unit. */
  readonly value: string
  /** When the order was written, milliseconds since the epoch: the record's timestamp. */
  readonly at: number
}

export interface Backlog {
  /** Counted up to 100,000. */
  readonly unsent: number
  /** Milliseconds since the epoch; null where nothing waits. */
  readonly oldestAt: number | null
  /** Counted up to 1,000. */
  readonly parked: number
}

/** The outbox of the orders. Everything rejects with an `AppError` while the store is out of reach. */
export interface Outbox {
  /** Takes or renews the lease of the one relay. False where another holds it. */
  lease(holder: string, forMs: number): Promise<boolean>
  /** Gives the lease free and wakes whoever waits for it. Nothing where another holds it. */
  release(holder: string): Promise<void>
  /**
   * Whether writers call those who `listen`. Off for a relay that is busy and looks by itself: calling
   * makes the commits of all writers queue up. Nothing where another holds the lease.
   */
  wakeUps(holder: string, on: boolean): Promise<void>
  /** The oldest rows that were neither sent nor parked, by ascending `seq`. */
  unsent(limit: number): Promise<readonly OutboxRow[]>
  markSent(seqs: readonly number[]): Promise<void>
  /** Takes a row that Kafka refuses for good out of the way; it stays, and is reported. */
  park(seq: number, reason: string): Promise<void>
  /** Bounded in its cost, however many rows were sent or wait. */
  backlog(): Promise<Backlog>
  /** Deletes at most `limit` of the oldest rows, if sent before `sentBefore`; answers how many. */
  sweep(sentBefore: number, limit: number): Promise<number>
  /**
   * Calls `written` soon after rows were committed, by whatever process, until `signal` aborts; may
   * miss some. Resolves after the first attempt to subscribe, and goes on trying.
   */
  listen(written: () => void, signal: AbortSignal): Promise<void>
}
