import { type Admin, Kafka as KafkaJs, logLevel, type Message } from 'kafkajs'
import { createLogger } from '../../lib/logger'
import { testStack } from '../../testing/stack'
import { openKafka } from '../client'
import type { ConsumerHandler, FetchedBatch, Kafka, TopicPartition } from '../kafka'
import { partitionName } from '../kafka'
import { KAFKA_LIMITS, type KafkaLimits } from '../limits'
import type { KafkaSettings } from '../settings'

/** As in a server, but quicker to notice things. */
export const QUICK: KafkaLimits = {
  ...KAFKA_LIMITS,
  callMs: 8_000,
  requestMs: 4_000,
  sessionMs: 2_000,
  heartbeatMs: 200,
  rebalanceMs: 5_000,
  metadataMs: 400,
  backoffMs: [20, 300],
  blockedMs: 300,
  stopMs: 2_000,
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

export interface TestKafka extends Kafka, AsyncDisposable {
  readonly settings: KafkaSettings
  readonly lines: readonly LogLine[]
  /** A topic of one's own. */
  topic(partitions?: number): Promise<string>
  /** Values `0`, `1`, … in order, all into partition 0 of a topic with one. */
  fill(topic: string, count: number, from?: number): Promise<void>
  /** Deletes the records before an offset, as retention does. */
  trim(topic: string, before: number): Promise<void>
  /** Messages into partition 0 of a topic with one, each in a transaction of its own. */
  transact(
    topic: string,
    messages: readonly (Message & { readonly outcome: 'commit' | 'abort' })[],
  ): Promise<void>
  /** kafkajs itself, for what a server never does. */
  admin<T>(work: (admin: Admin) => Promise<T>): Promise<T>
}

export async function openTestKafka(
  overrides: Partial<KafkaSettings> = {},
  limits: Partial<KafkaLimits> = {},
): Promise<TestKafka> {
  const settings: KafkaSettings = {
    brokers: overrides.brokers ?? [(await testStack()).broker],
    clientId: 'test',
    tls: null,
    sasl: null,
    partitions: 1,
    replicationFactor: 1,
    ...overrides,
  }
  const lines: LogLine[] = []
  const logger = createLogger('debug', (line) => void lines.push(JSON.parse(line) as LogLine))
  const kafka = openKafka(settings, logger, { ...QUICK, ...limits })
  const producer = kafka.producer()
  return {
    ...kafka,
    settings,
    lines,
    async topic(partitions = 1) {
      const topic = `t-${crypto.randomUUID().slice(0, 13)}`
      const own = openKafka({ ...settings, partitions }, logger, QUICK)
      await own.ensureTopics([topic])
      await own.close()
      return topic
    },
    fill: (topic, count, from = 0) =>
      producer.send(
        Array.from({ length: count }, (_, at) => ({ topic, key: null, value: String(from + at) })),
      ),
    trim: (topic, before) =>
      withAdmin(settings, async (admin) => {
        // What it learns by this it would not ask for by itself.
        await admin.fetchTopicOffsets(topic)
        const partitions = [{ partition: 0, offset: String(before) }]
        await admin.deleteTopicRecords({ topic, partitions })
      }),
    async transact(topic, messages) {
      const client = new KafkaJs({ brokers: [...settings.brokers], logLevel: logLevel.NOTHING })
      const transactional = client.producer({
        transactionalId: topic,
        maxInFlightRequests: 1,
        idempotent: true,
      })
      await transactional.connect()
      for (const { outcome, ...message } of messages) {
        const transaction = await transactional.transaction()
        await transaction.send({ topic, messages: [message] })
        await transaction[outcome]()
      }
      await transactional.disconnect()
    },
    admin: (work) => withAdmin(settings, work),
    [Symbol.asyncDispose]: () => kafka.close(),
  }
}

async function withAdmin<T>(
  settings: KafkaSettings,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const client = new KafkaJs({ brokers: [...settings.brokers], logLevel: logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** A handler that keeps what it gets. What it is told in `batch` decides how a batch ends. */
export interface Recorder extends ConsumerHandler {
  /** Of each call of `assigned` the names. */
  readonly asked: (readonly string[])[]
  /** `partition:value` of each record that was handed over. */
  readonly seen: string[]
  readonly batches: FetchedBatch[]
}

export interface RecorderOptions {
  /** From where on; 0 unless it says otherwise. */
  readonly place?: (partition: TopicPartition) => number | Promise<number>
  readonly batch?: (batch: FetchedBatch) => Promise<void> | void
}

export function createRecorder({ place = () => 0, batch }: RecorderOptions = {}): Recorder {
  const recorder: Recorder = {
    asked: [],
    seen: [],
    batches: [],
    async assigned(partitions) {
      recorder.asked.push(partitions.map(partitionName))
      const places = partitions.map(async (one) => [partitionName(one), await place(one)] as const)
      return new Map(await Promise.all(places))
    },
    async batch(given) {
      recorder.batches.push(given)
      recorder.seen.push(...given.records.map(({ value }) => `${given.partition}:${String(value)}`))
      await batch?.(given)
    },
  }
  return recorder
}

/** Looks until it holds; fails at the deadline. */
export async function until(holds: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`not in ${deadlineMs} ms: ${holds.toString()}`)
    await Bun.sleep(2)
  }
}

export function groupName(): string {
  return `g-${crypto.randomUUID().slice(0, 13)}`
}

/** `0:from` … `0:to - 1` */
export function numbers(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, at) => `0:${from + at}`)
}
