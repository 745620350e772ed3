import type { Logger } from '../lib/logger'
import { decodeFetched } from './decode'
import { errorType, isNamed } from './failures'
import { fetchRecords } from './fetch-answer'
import type { KafkaLimits } from './limits'
import type { Reading } from './partition'
import type { Wire } from './wire'

/** Fetches for all partitions that have room, one request a broker at a time. */
export interface Fetching {
  /** Something changed: asks the brokers that are free, if there is anything to ask for. */
  pump(): void
  /** For how many milliseconds a broker has not answered, or a partition with records not moved. */
  silentMs(): number
  end(): void
}

interface Context {
  readonly wire: Wire
  readonly limits: KafkaLimits
  readonly logger: Logger
  /** What this member reads. */
  readonly readings: () => readonly Reading[]
  readonly onAnswer: () => void
  /** Where this partition goes on is to be asked anew: the offset, or the topic, is gone. */
  readonly onLost: (reading: Reading, why: string) => void
  /** Leaders are no longer where they were said to be. */
  readonly onStaleMetadata: () => void
}

/** A reading as it was when it was asked for. */
interface Wanted {
  readonly reading: Reading
  readonly epoch: number
  readonly from: number
}

const READ_COMMITTED = 1
/** The least that is asked for of a partition, however many there are. */
const LEAST_BYTES = 65_536

/** The fetch of a partition that was alone in its request failed so. */
const LOST: readonly string[] = ['OFFSET_OUT_OF_RANGE', 'UNKNOWN_TOPIC_OR_PARTITION']
const STALE_METADATA: readonly string[] = [
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'OFFSET_NOT_AVAILABLE',
]

export function createFetching(context: Context): Fetching {
  const { wire, limits, logger, readings } = context
  const busy = new Set<number>()
  /** Partitions that are asked for alone: their records could not be decoded; until when not. */
  const suspects = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  /** Leaders that owe an answer, and partitions that owe records, since when. */
  const owing = new Map<number | string, number>()
  let ended = false

  function pumpIn(ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      pump()
    }, ms)
    timers.add(timer)
  }

  function pump(): void {
    if (ended) return
    const open = readings().filter(hasRoom)
    const byLeader = Map.groupBy(open, leaderOf)
    for (const owes of owing.keys()) if (!isOpen(owes, open, byLeader)) owing.delete(owes)
    for (const [leader, of] of byLeader) {
      if (leader === null || busy.has(leader)) continue
      const wanted = choose(of)
      if (wanted.length > 0) void fetchFrom(leader, wanted)
    }
  }

  /** A partition holds at most its share, so that none that stands still starves the others. */
  function shareBytes(): number {
    return Math.max(LEAST_BYTES, limits.heldBytes / Math.max(1, readings().length) / 2)
  }

  function hasRoom(reading: Reading): boolean {
    return reading.fetchFrom() !== null && reading.held() < shareBytes()
  }

  function leaderOf({ topic, partition }: Reading): number | null {
    const partitions = wire.cluster.findTopicPartitionMetadata(topic)
    const leader = partitions.find(({ partitionId }) => partitionId === partition)?.leader
    return leader === undefined || leader < 0 ? null : leader
  }

  /** A suspect that is due, alone; else all that are none. */
  function choose(of: readonly Reading[]): readonly Wanted[] {
    const now = performance.now()
    const due = of.find(({ name }) => (suspects.get(name) ?? Infinity) <= now)
    const chosen = due ? [due] : of.filter(({ name }) => !suspects.has(name))
    return chosen.map((reading) => ({
      reading,
      epoch: reading.epoch(),
      from: reading.fetchFrom()!,
    }))
  }

  async function fetchFrom(leader: number, wanted: readonly Wanted[]): Promise<void> {
    busy.add(leader)
    try {
      await request(leader, wanted, limits.fetchWaitMs)
    } catch (error) {
      if (!ended) await afterFailure(leader, wanted, error)
    } finally {
      busy.delete(leader)
      pump()
    }
  }

  async function request(leader: number, wanted: readonly Wanted[], maxWaitTime: number) {
    const maxBytes = Math.min(limits.fetchPartitionBytes, Math.ceil(shareBytes()))
    const byTopic = Map.groupBy(wanted, ({ reading }) => reading.topic)
    owe(leader)
    const broker = await wire.cluster.findBroker({ nodeId: leader })
    const { responses } = await fetchRecords(broker, {
      isolationLevel: READ_COMMITTED,
      minBytes: 1,
      maxWaitTime,
      maxBytes: limits.fetchBytes,
      topics: [...byTopic].map(([topic, of]) => ({
        topic,
        partitions: of.map(({ reading, from }) => {
          return { partition: reading.partition, fetchOffset: String(from), maxBytes }
        }),
      })),
    })
    owing.delete(leader)
    context.onAnswer()
    for (const { topicName, partitions } of responses)
      for (const answer of partitions) {
        const one = wanted.find(
          ({ reading }) => reading.topic === topicName && reading.partition === answer.partition,
        )
        if (one) accept(one, decodeFetched(answer, one.from))
      }
  }

  function accept({ reading, epoch, from }: Wanted, fetched: ReturnType<typeof decodeFetched>) {
    suspects.delete(reading.name)
    if (fetched.next > from || fetched.end === from) owing.delete(reading.name)
    else if (fetched.readableEnd > from) owe(reading.name)
    const current = !ended && reading.epoch() === epoch && reading.fetchFrom() === from
    if (current && fetched.next > from) reading.add(fetched)
  }

  function owe(debtor: number | string): void {
    if (!owing.has(debtor)) owing.set(debtor, performance.now())
  }

  /** kafkajs throws a whole answer away for one partition: which one it is shows alone. */
  async function afterFailure(leader: number, wanted: readonly Wanted[], error: unknown) {
    if (isConnection(error)) {
      logger.debug({ err: error, leader }, 'a broker did not answer a fetch')
      context.onStaleMetadata()
      await new Promise((resolve) => setTimeout(resolve, limits.backoffMs[0]))
      return
    }
    owing.delete(leader)
    if (wanted.length === 1) return afterFailureOf(wanted[0]!, error)
    for (const one of wanted) {
      if (ended || one.reading.epoch() !== one.epoch) continue
      try {
        await request(leader, [one], 0)
      } catch (cause) {
        if (isConnection(cause)) return
        await afterFailureOf(one, cause)
      }
    }
  }

  async function afterFailureOf({ reading, epoch, from }: Wanted, error: unknown) {
    if (ended || reading.epoch() !== epoch) return
    const type = errorType(error) ?? ''
    if (LOST.includes(type)) return context.onLost(reading, type)
    if (STALE_METADATA.includes(type)) {
      context.onStaleMetadata()
      await new Promise((resolve) => setTimeout(resolve, limits.backoffMs[0]))
      return
    }
    const partition = reading.name
    const level = suspects.has(partition) ? 'debug' : 'error'
    logger[level](
      { err: error, partition, offset: from },
      'the records of a partition cannot be read: it waits, the others go on',
    )
    owing.delete(partition)
    suspects.set(partition, performance.now() + limits.blockedMs)
    pumpIn(limits.blockedMs)
  }

  return {
    pump,
    silentMs: () => performance.now() - Math.min(performance.now(), ...owing.values()),
    end() {
      ended = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function isOpen(
  debtor: number | string,
  open: readonly Reading[],
  byLeader: ReadonlyMap<number | null, readonly Reading[]>,
): boolean {
  if (typeof debtor === 'number') return byLeader.has(debtor)
  return open.some(({ name }) => name === debtor)
}

function isConnection(error: unknown): boolean {
  return isNamed(
    error,
    'KafkaJSConnectionError',
    'KafkaJSConnectionClosedError',
    'KafkaJSRequestTimeoutError',
    'KafkaJSBrokerNotFound',
    'KafkaJSLockTimeout',
  )
}
