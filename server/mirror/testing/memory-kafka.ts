import { AppError } from '../../errors'
import {
  partitionName,
  type Consumer,
  type ConsumerHandler,
  type Kafka,
  type KafkaRecord,
  type NewRecord,
  type PartitionSpan,
  type TopicPartition,
} from '../../kafka/kafka'

interface Partition extends TopicPartition {
  earliest: number
  /** By offset, from 0 on, also those that are trimmed; null: a mark of a transaction. */
  records: (KafkaRecord | null)[]
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * Partitions in memory, and members that are assigned what a test says, when it says so: for random
 * interleavings, which no broker can be brought to on demand. Whether the door to a real one keeps
 * the same contract is shown beside it.
 */
export class MemoryKafka implements Kafka {
  readonly #partitions = new Map<string, Partition>()
  readonly members: MemoryMember[] = []
  readonly letters: NewRecord[] = []
  /** So many sends fail. */
  failingSends = 0

  constructor(
    partitions: readonly TopicPartition[],
    /** How many records a fetch brings, at least 1. */
    readonly fetchSize: () => number,
    /** A fetch of what is trimmed brings what comes after it, instead of asking where to go on. */
    readonly jumps: boolean,
  ) {
    for (const at of partitions) {
      this.#partitions.set(partitionName(at), { ...at, earliest: 0, records: [] })
    }
  }

  partition(at: TopicPartition): Partition {
    return this.#partitions.get(partitionName(at))!
  }

  produce(at: TopicPartition, records: readonly (Omit<KafkaRecord, 'offset'> | null)[]): void {
    const { records: there } = this.partition(at)
    for (const record of records) there.push(record && { ...record, offset: there.length })
  }

  /** Another topic under the same name. Whoever reads it, and looks, is told so. */
  recreate(at: TopicPartition, records: readonly (Omit<KafkaRecord, 'offset'> | null)[]): void {
    const partition = this.partition(at)
    partition.records = []
    partition.earliest = 0
    this.produce(at, records)
    for (const member of this.members) member.lose(at)
  }

  trim(at: TopicPartition, before: number): void {
    const partition = this.partition(at)
    partition.earliest = Math.max(partition.earliest, Math.min(before, partition.records.length))
  }

  consume(_options: unknown, handler: ConsumerHandler): Consumer {
    const member = new MemoryMember(this, handler)
    this.members.push(member)
    return member
  }

  producer() {
    return {
      send: async (records: readonly NewRecord[]) => {
        await turn()
        if (this.failingSends > 0) {
          this.failingSends -= 1
          throw new AppError('kafka_unreachable', 503, 'No.', { temporary: true })
        }
        this.letters.push(...records)
      },
    }
  }

  async spans(topics: readonly string[]): Promise<ReadonlyMap<string, PartitionSpan>> {
    await turn()
    const of = [...this.#partitions].filter(([, { topic }]) => topics.includes(topic))
    return new Map(
      of.map(([name, { topic, partition, earliest, records }]) => [
        name,
        { topic, partition, earliest, end: records.length },
      ]),
    )
  }

  async offsetsAt(topic: string): Promise<ReadonlyMap<string, number>> {
    return new Map([...(await this.spans([topic]))].map(([name, { earliest }]) => [name, earliest]))
  }

  async read(at: TopicPartition, fromOffset: number, limit: number) {
    await turn()
    const { earliest, records } = this.partition(at)
    return records
      .slice(Math.max(earliest, fromOffset))
      .filter((record) => record !== null)
      .slice(0, limit)
  }

  ensureTopics = async () => []
  close = async () => {}
}

interface Reading {
  readonly at: TopicPartition
  /** Nothing is fetched in this epoch, though it could be. */
  stuckIn: number | null
  epoch: number
  next: number | null
}

export class MemoryMember implements Consumer {
  readonly #readings = new Map<string, Reading>()
  #stopped = false
  readonly #loops: Promise<void>[] = []

  constructor(
    private readonly kafka: MemoryKafka,
    private readonly handler: ConsumerHandler,
  ) {}

  /** From now on it reads these. What it had before is void, and it knows. */
  assign(partitions: readonly TopicPartition[]): void {
    const before = this.assignment()
    for (const at of before) this.lose(at)
    this.#readings.clear()
    this.handler.revoked?.(before)
    for (const at of partitions) {
      const reading: Reading = { at, stuckIn: null, epoch: 0, next: null }
      this.#readings.set(partitionName(at), reading)
      this.#loops.push(this.#read(reading))
    }
  }

  /** A fetch found out that its place is not there any more. */
  lose(at: TopicPartition): void {
    const reading = this.#readings.get(partitionName(at))
    if (!reading) return
    reading.epoch += 1
    reading.next = null
  }

  /** By a defect nothing of it is fetched until it is placed anew. */
  stick(at: TopicPartition): void {
    const reading = this.#readings.get(partitionName(at))
    if (reading) reading.stuckIn = reading.epoch
  }

  assignment = () => [...this.#readings.values()].map(({ at }) => at)
  position = () => null
  fetchedAt = () => Date.now()
  commit = () => {}

  seek(at: TopicPartition, offset: number): void {
    const reading = this.#readings.get(partitionName(at))
    if (!reading) return
    reading.epoch += 1
    reading.next = offset
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.assign([])
    await Promise.all(this.#loops)
  }

  #isRead(reading: Reading): boolean {
    return !this.#stopped && this.#readings.get(partitionName(reading.at)) === reading
  }

  async #read(reading: Reading): Promise<void> {
    while (this.#isRead(reading)) {
      await turn()
      if (!this.#isRead(reading)) return
      if (reading.stuckIn === reading.epoch) continue
      if (reading.next === null) await this.#place(reading)
      else await this.#fetch(reading, reading.next)
    }
  }

  async #place(reading: Reading): Promise<void> {
    const { epoch } = reading
    const places = await this.handler.assigned([reading.at]).catch(() => new Map<string, number>())
    if (reading.epoch !== epoch) return
    reading.next = places.get(partitionName(reading.at)) ?? null
  }

  async #fetch(reading: Reading, from: number): Promise<void> {
    const { epoch, at } = reading
    const { earliest, records } = this.kafka.partition(at)
    if ((from < earliest && !this.kafka.jumps) || from > records.length) {
      this.lose(at)
      return
    }
    const first = Math.max(from, earliest)
    const all = records.slice(first, first + this.kafka.fetchSize())
    if (all.length === 0) return
    const fetched = all.filter((record) => record !== null)
    const isStale = () => reading.epoch !== epoch || !this.#isRead(reading)
    const next = first + all.length
    const marks = all.flatMap((record, at) => {
      return record ? [] : [{ first: first + at, last: first + at }]
    })
    const end = records.length
    await this.handler.batch({ ...at, records: fetched, next, marks, end, isStale })
    if (!isStale()) reading.next = next
  }
}
