import { AppError } from '../errors'

/** What the rest of the server needs of Kafka. `client.ts` is the only implementation. */
export interface Kafka {
  /** A producer with `acks=all` and idempotence; connects at its first send. */
  producer(): Producer
  /** Joins `groupId` and reads `topics` until `stop`. Resolves at once; it tries until it can. */
  consume(
    options: { readonly groupId: string; readonly topics: readonly string[] },
    handler: ConsumerHandler,
  ): Consumer
  /** Makes the topics that are missing; answers those that it made. */
  ensureTopics(topics: readonly string[]): Promise<readonly string[]>
  /** All partitions of the topics, by `partitionName`. A topic that does not exist has none. */
  spans(topics: readonly string[]): Promise<ReadonlyMap<string, PartitionSpan>>
  /** Of each partition the first offset whose record is not older than `timestampMs`, or its end. */
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<string, number>>
  /** Records of one partition from `fromOffset` on, oldest first, up to its end as of now. */
  read(from: TopicPartition, fromOffset: number, limit: number): Promise<readonly KafkaRecord[]>
  /** Ends everything that was opened through it. */
  close(): Promise<void>
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** `order.created-0`: how checkpoints, logs and metrics name a partition. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** What a partition holds: offsets from `earliest` up to, without, `end`. */
export interface PartitionSpan extends TopicPartition {
  readonly earliest: number
  readonly end: number
}

export interface KafkaRecord {
  readonly offset: number
  /** Milliseconds since the epoch, as its producer (or the broker) set it. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** The last of each name. */
  readonly headers: Readonly<Record<string, Buffer | undefined>>
  /** One of them alone, where that is cheaper than all: see `headerOf`. */
  header?(name: string): Buffer | undefined
}

/** For who asks for one or two headers of each of many records. */
export function headerOf(record: KafkaRecord, name: string): Buffer | undefined {
  return record.header ? record.header(name) : record.headers[name]
}

export interface NewRecord {
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, string | Buffer>>
  readonly timestamp?: number
}

export interface Producer {
  /**
   * Resolves when all are on all in-sync replicas, each key's in the order given. Rejects with an
   * `AppError`: `kafka_unreachable` (temporary) where it may work later, `record_refused` where the
   * broker will never take it (too large, for example): `refusedIndex` tells which one;
   * those before it are there, those after it may be.
   */
  send(records: readonly (NewRecord & { readonly topic: string })[]): Promise<void>
}

/** The place in the array given to `send` of the record that an error refuses; else null. */
export function refusedIndex(error: unknown): number | null {
  if (!(error instanceof AppError) || error.code !== 'record_refused') return null
  return Number(error.details.extensions?.index)
}

/** Offsets from `first` to `last`, both too. */
export interface OffsetRange {
  readonly first: number
  readonly last: number
}

/** What fetches brought of one partition. */
export interface FetchedBatch extends TopicPartition {
  /** By ascending offset; none where there was nothing but what is no record for us. */
  readonly records: readonly KafkaRecord[]
  /**
   * The next batch is of what is at or behind it. Between the last record and it there is nothing:
   * marks of transactions, aborted records, what compaction took.
   */
  readonly next: number
  /** Where marks of transactions or aborted records are: no record for us ever was there. */
  readonly marks: readonly OffsetRange[]
  /** The offset that the partition's next record will get, as of the fetch. */
  readonly end: number
  /** True once a seek, a rebalance or a stop made it void: the rest of it is to be dropped. */
  isStale(): boolean
}

export interface ConsumerHandler {
  /**
   * From which offset each of these is to be read, by `partitionName`. Asked whenever partitions
   * were assigned, before anything of them is delivered; a rejection is logged and asked again.
   */
  assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>>
  /**
   * From here on others may read these, even where this member is assigned them again at once. All
   * that it read is told so before each rebalance, and when the group may have given it up.
   */
  revoked?(partitions: readonly TopicPartition[]): void
  /**
   * One batch at a time of a partition, partitions side by side. The next batch comes when it
   * resolves; when it rejects, the partition waits and goes on behind the last batch that resolved,
   * the others are not held up. The member's heartbeats go on however long it takes.
   */
  batch(batch: FetchedBatch): Promise<void>
}

export interface Consumer {
  /** What this member reads at the moment. */
  assignment(): readonly TopicPartition[]
  /**
   * Before this offset of an assigned partition nothing is left to do: it was delivered and its
   * batches resolved, or holds no records (the marks of transactions, aborted ones, what compaction
   * took). So a partition is through when this is its end, whatever its last record was. Null: not
   * assigned, or not known yet.
   */
  position(partition: TopicPartition): number | null
  /** The partition's next batch begins at `offset`; what was fetched before is stale. */
  seek(partition: TopicPartition, offset: number): void
  /**
   * Tells the group that everything before `offset` is through, for whoever watches its lag. Sent
   * now and then; positions are never read back from it.
   */
  commit(partition: TopicPartition, offset: number): void
  /** When Kafka last answered one of this member's fetches, milliseconds since the epoch; 0: never. */
  fetchedAt(): number
  stop(): Promise<void>
}
