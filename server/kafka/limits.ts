/** How long and how much; one place, so that tests can be quicker than a server needs to be. */
export interface KafkaLimits {
  readonly connectMs: number
  /** Until a broker must have answered a request. */
  readonly requestMs: number
  /** Until `send` settles, `ensureTopics`, `spans`, `offsetsAt` and `read` too. */
  readonly callMs: number
  /** A member that was not heard of for so long is out of its group. */
  readonly sessionMs: number
  /** How often it shows itself; what is to be committed goes along. */
  readonly heartbeatMs: number
  /** How long a rebalance waits for the members. */
  readonly rebalanceMs: number
  /**
   * How long a fetch waits at the broker for a record. Records end the wait; it bounds how long a
   * partition that becomes readable waits for the fetch under way without it.
   */
  readonly fetchWaitMs: number
  /** Of one fetch, over all of its partitions. */
  readonly fetchBytes: number
  /** Of one partition in one fetch. */
  readonly fetchPartitionBytes: number
  /** Fetched records that wait or are being handled, over all partitions: about so much memory. */
  readonly heldBytes: number
  /** Waiting records are handed over together up to this much. */
  readonly batchBytes: number
  /** How often leaders and numbers of partitions are asked for. */
  readonly metadataMs: number
  /** Without an answer to a fetch for so long, although there is something to fetch: begin anew. */
  readonly stalledMs: number
  /** Pauses before the next try, from the first to the longest; doubled in between. */
  readonly backoffMs: readonly [first: number, longest: number]
  /** Between tries of a partition whose records cannot be decoded. */
  readonly blockedMs: number
  /** How long `stop` waits for handlers that run. */
  readonly stopMs: number
}

const MIB = 1_048_576

export const KAFKA_LIMITS: KafkaLimits = {
  connectMs: 3_000,
  requestMs: 10_000,
  callMs: 15_000,
  sessionMs: 10_000,
  heartbeatMs: 1_000,
  rebalanceMs: 15_000,
  fetchWaitMs: 100,
  fetchBytes: 8 * MIB,
  fetchPartitionBytes: MIB,
  heldBytes: 32 * MIB,
  batchBytes: MIB,
  metadataMs: 5_000,
  stalledMs: 20_000,
  backoffMs: [100, 5_000],
  blockedMs: 10_000,
  stopMs: 5_000,
}
