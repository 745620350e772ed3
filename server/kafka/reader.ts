import { AppError } from '../errors'
import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { createBackoff } from './backoff'
import { decodeFetched } from './decode'
import { errorType, unreachable, withDeadline } from './failures'
import { fetchRecords } from './fetch-answer'
import { type KafkaRecord, partitionName, type PartitionSpan, type TopicPartition } from './kafka'
import type { KafkaLimits } from './limits'
import type { KafkaSettings } from './settings'
import { createWire, type Wire, type WireBroker } from './wire'

/** Questions to brokers that need no group. Each has a deadline, and asks for leaders anew. */
export interface Reader {
  /** The topic's partitions by number; null where there is no such topic. */
  leadersOf(topic: string): Promise<ReadonlyMap<number, number> | null>
  spans(topics: readonly string[]): Promise<ReadonlyMap<string, PartitionSpan>>
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<string, number>>
  read(from: TopicPartition, fromOffset: number, limit: number): Promise<readonly KafkaRecord[]>
  close(): void
}

/** Timestamps that stand for a partition's ends in the protocol. */
const END = -1
const EARLIEST = -2
/** A new topic, or a broker that went, has leaders within a moment or not for long. */
const LEADER_TRIES = 4
const LEADERLESS: readonly string[] = ['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']
const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

interface Led extends TopicPartition {
  readonly leader: number
}

export function createReader(settings: KafkaSettings, limits: KafkaLimits, logger: Logger): Reader {
  let wire: Wire | null = null
  const closing = new AbortController()

  /** Asks again where a partition has no leader, or another one than was said, for a moment. */
  async function ask<T>(what: string, work: (wire: Wire) => Promise<T>): Promise<T> {
    const backoff = createBackoff(limits.backoffMs)
    for (let left = LEADER_TRIES - 1; ; left--) {
      try {
        return await attempt(what, work)
      } catch (error) {
        if (left === 0 || closing.signal.aborted || !isLeaderless(error)) throw error
        await pause(backoff.next(), closing.signal)
      }
    }
  }

  /** Runs on the connections that there are; where these have gone bad, once more on new ones. */
  async function attempt<T>(what: string, work: (wire: Wire) => Promise<T>): Promise<T> {
    if (closing.signal.aborted) throw new AppError('kafka_unreachable', 503, 'Kafka was closed.')
    const kept = wire !== null
    const used = (wire ??= createWire(settings, limits, logger))
    try {
      return await withDeadline(work(used), limits.callMs, what)
    } catch (error) {
      if (error instanceof AppError) throw error
      used.end()
      if (wire === used) wire = null
      if (kept && !isLeaderless(error)) return attempt(what, work)
      throw unreachable(error, settings)
    }
  }

  async function leadersOf({ cluster }: Wire, topic: string) {
    try {
      if (!cluster.isConnected()) await cluster.connect()
      // Its first topic is what tells a cluster its brokers; later ones only come and go.
      if (cluster.getNodeIds().length === 0) await cluster.addMultipleTargetTopics([topic])
      const [nodeId] = cluster.getNodeIds()
      const broker = await cluster.findBroker({ nodeId: nodeId! })
      const { topicMetadata } = await broker.metadata([topic])
      const partitions = topicMetadata[0]?.partitionMetadata ?? []
      return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]))
    } catch (error) {
      if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return null
      throw error
    }
  }

  async function ledPartitions(wire: Wire, topics: readonly string[]): Promise<readonly Led[]> {
    const led: Led[] = []
    for (const topic of topics) {
      const leaders = (await leadersOf(wire, topic)) ?? new Map<number, number>()
      for (const [partition, leader] of leaders) led.push({ topic, partition, leader })
    }
    return led
  }

  async function offsets(wire: Wire, led: readonly Led[], timestamp: number) {
    const found = new Map<string, number>()
    const byLeader = Map.groupBy(led, ({ leader }) => leader)
    await Promise.all(
      [...byLeader].map(async ([leader, partitions]) => {
        const broker = await wire.cluster.findBroker({ nodeId: leader })
        const byTopic = Map.groupBy(partitions, ({ topic }) => topic)
        const { responses } = await broker.listOffsets({
          isolationLevel: READ_UNCOMMITTED,
          topics: [...byTopic].map(([topic, of]) => ({
            topic,
            partitions: of.map(({ partition }) => ({ partition, timestamp })),
          })),
        })
        for (const answer of responses)
          for (const { partition, offset } of answer.partitions)
            found.set(partitionName({ topic: answer.topic, partition }), Number(offset))
      }),
    )
    return found
  }

  async function spansOf(wire: Wire, led: readonly Led[]) {
    const [earliest, ends] = [await offsets(wire, led, EARLIEST), await offsets(wire, led, END)]
    const spans = new Map<string, PartitionSpan>()
    for (const { topic, partition } of led) {
      const name = partitionName({ topic, partition })
      const [first, end] = [earliest.get(name), ends.get(name)]
      if (first !== undefined && end !== undefined)
        spans.set(name, { topic, partition, earliest: first, end })
    }
    return spans
  }

  return {
    leadersOf: (topic) => ask('metadata', (wire) => leadersOf(wire, topic)),

    spans: (topics) =>
      ask('spans', async (wire) => spansOf(wire, await ledPartitions(wire, topics))),

    offsetsAt: (topic, timestampMs) =>
      ask('offsetsAt', async (wire) => {
        const led = await ledPartitions(wire, [topic])
        // Ends first: an end of later may be behind a record of that time that came meanwhile.
        const ends = await offsets(wire, led, END)
        const found = await offsets(wire, led, timestampMs)
        // Where all records are older there is no such offset, which the protocol calls -1.
        return new Map([...ends].map(([name, end]) => [name, orEnd(found.get(name), end)]))
      }),

    read: (from, fromOffset, limit) =>
      ask('read', async (wire) => {
        const led = (await ledPartitions(wire, [from.topic])).filter(
          ({ partition }) => partition === from.partition,
        )
        const span = (await spansOf(wire, led)).get(partitionName(from))
        if (!span) throw noSuchPartition(from)
        const broker = await wire.cluster.findBroker({ nodeId: led[0]!.leader })
        return readSpan(broker, span, fromOffset, limit, limits)
      }),

    close() {
      closing.abort()
      wire?.end()
      wire = null
    },
  }
}

/** Fetches without a group; what retention took meanwhile is not there. */
async function readSpan(
  broker: WireBroker,
  { topic, partition, earliest, end }: PartitionSpan,
  fromOffset: number,
  limit: number,
  { fetchPartitionBytes }: KafkaLimits,
): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = []
  let next = Math.max(fromOffset, earliest)
  while (next < end && records.length < limit) {
    const request = { partition, fetchOffset: String(next), maxBytes: fetchPartitionBytes }
    const { responses } = await fetchRecords(broker, {
      isolationLevel: READ_COMMITTED,
      maxWaitTime: 0,
      topics: [{ topic, partitions: [request] }],
    })
    const fetched = decodeFetched(responses[0]!.partitions[0]!, next)
    records.push(...fetched.records)
    // A transaction that is still open ends what can be read.
    if (fetched.next === next) break
    next = fetched.next
  }
  return records
    .filter(({ offset }) => offset < end)
    .slice(0, limit)
    .map(copyOf)
}

/** Of its own: headers that are decoded when they are asked for would not be there in `{ ...record }`. */
function copyOf({ offset, timestamp, key, value, headers }: KafkaRecord): KafkaRecord {
  return { offset, timestamp, key, value, headers }
}

function isLeaderless(error: unknown): boolean {
  return LEADERLESS.includes(errorType(error) ?? '')
}

function orEnd(offset: number | undefined, end: number): number {
  return offset === undefined || offset < 0 ? end : offset
}

function noSuchPartition(from: TopicPartition): AppError {
  return new AppError('no_such_partition', 404, `Kafka has no partition ${partitionName(from)}.`)
}
