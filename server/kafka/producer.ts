import {
  type Message,
  Partitioners,
  type PartitionerArgs,
  type Producer as KafkaJsProducer,
} from 'kafkajs'
import { AppError } from '../errors'
import type { Logger } from '../lib/logger'
import { errorType, sentenceOf, unreachable, withDeadline } from './failures'
import type { NewRecord, Producer } from './kafka'
import type { KafkaLimits } from './limits'
import type { KafkaSettings } from './settings'
import { createWire, type Wire } from './wire'

export type TopicRecord = NewRecord & { readonly topic: string }

/** The broker says of a record that it will never take it. */
const REFUSALS: readonly string[] = [
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]

/** One request holds at most so much, well below a broker's usual limit of 1 MB a record batch. */
const CHUNK_BYTES = 512 * 1_024
/** kafkajs copies a partition's list for each record that it adds to it. */
const CHUNK_RECORDS = 1_000
/** A broker cuts the connection at a request above 100 MB, which looks like an outage for ever. */
const MAX_RECORD_BYTES = 64 * 1_048_576
/** With another producer id: what a broker forgot of the one before is of no interest to it. */
const ATTEMPTS = 2

export interface OpenProducer extends Producer {
  close(): Promise<void>
}

interface Session {
  readonly wire: Wire
  readonly producer: KafkaJsProducer
  readonly connected: Promise<void>
}

/**
 * One request at a time, and another producer id after each failure. kafkajs takes sequence numbers
 * back when a request fails, although the broker may have appended (a lost answer, another partition
 * of the same request): the next records would get the same numbers, and where their count is equal
 * too the broker would take them for repeated ones and acknowledge them without writing them.
 */
export function createProducer(
  settings: KafkaSettings,
  limits: KafkaLimits,
  logger: Logger,
): OpenProducer {
  let session: Session | null = null
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  function begin(): Session {
    if (closed) throw new AppError('kafka_unreachable', 503, 'The producer is closed.')
    const wire = createWire(settings, limits, logger)
    const producer = wire.client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: createStablePartitioner,
      metadataMaxAge: limits.metadataMs,
    })
    return { wire, producer, connected: producer.connect() }
  }

  async function attempt(records: readonly TopicRecord[], deadlineMs: number): Promise<void> {
    const { wire, producer, connected } = (session ??= begin())
    const topicMessages = messagesOf(records)
    const send = async () => {
      await connected
      return producer.sendBatch({ acks: -1, timeout: limits.requestMs, topicMessages })
    }
    try {
      requireAllAnswered(await withDeadline(send(), deadlineMs, 'a send'), topicMessages)
    } catch (error) {
      wire.end()
      session = null
      throw error
    }
  }

  async function sendChunk(records: readonly TopicRecord[], first: number): Promise<void> {
    const until = performance.now() + limits.callMs
    for (let left = ATTEMPTS - 1; ; left--) {
      try {
        return await attempt(records, until - performance.now())
      } catch (error) {
        if (isRefusal(error)) return narrow(records, first, error)
        const isLate = performance.now() > until - LEAST_ATTEMPT_MS
        if (left === 0 || closed || isLate) throw unreachable(error, settings)
      }
    }
  }

  /** Sends halves, in order, until the refused record is alone. */
  async function narrow(records: readonly TopicRecord[], first: number, error: unknown) {
    if (records.length === 1) throw refused(records[0]!, first, sentenceOf(error, settings), error)
    const middle = records.length >> 1
    await sendChunk(records.slice(0, middle), first)
    await sendChunk(records.slice(middle), first + middle)
  }

  async function sendAll(records: readonly TopicRecord[]): Promise<void> {
    for (const { start, end } of chunksOf(records))
      await sendChunk(records.slice(start, end), start)
  }

  return {
    send(records) {
      const sent = last.then(() => sendAll(records))
      last = sent.catch(() => {})
      return sent
    },

    async close() {
      closed = true
      await withDeadline(last, limits.stopMs, 'the last send').catch(() => {})
      session?.wire.end()
      session = null
    },
  }
}

/** With less time than this no attempt is begun. */
const LEAST_ATTEMPT_MS = 250

/** Places of `records` that go out together. */
export function* chunksOf(
  records: readonly TopicRecord[],
): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0
  let bytes = 0
  for (const [at, record] of records.entries()) {
    const size = bytesOf(record)
    if (size > MAX_RECORD_BYTES)
      throw refused(record, at, `it has ${size} bytes, at most ${MAX_RECORD_BYTES} can be sent`)
    if (at > start && (bytes + size > CHUNK_BYTES || at - start >= CHUNK_RECORDS)) {
      yield { start, end: at }
      start = at
      bytes = 0
    }
    bytes += size
  }
  if (start < records.length) yield { start, end: records.length }
}

function bytesOf({ key, value, headers = {} }: TopicRecord): number {
  let bytes = byteLength(key) + byteLength(value)
  for (const [name, content] of Object.entries(headers)) bytes += name.length + byteLength(content)
  return bytes
}

function byteLength(content: string | Buffer | null): number {
  return content === null ? 0 : Buffer.byteLength(content)
}

function messagesOf(records: readonly TopicRecord[]) {
  const byTopic = Map.groupBy(records, ({ topic }) => topic)
  return [...byTopic].map(([topic, of]) => ({
    topic,
    messages: of.map(({ key, value, headers, timestamp }): Message => {
      const time = timestamp === undefined ? undefined : String(timestamp)
      return { key, value, headers: headers && { ...headers }, timestamp: time }
    }),
  }))
}

/**
 * Java's partitioner, which gives each message the same partition whenever it is asked: kafkajs asks
 * anew at each attempt, and another answer for a message without a key would void its sequence.
 */
const partitionOf = new WeakMap<Message, number>()

function createStablePartitioner() {
  const choose = Partitioners.DefaultPartitioner()
  return (args: PartitionerArgs): number => {
    const known = partitionOf.get(args.message)
    if (known !== undefined) return known
    const chosen = choose(args)
    partitionOf.set(args.message, chosen)
    return chosen
  }
}

/**
 * kafkajs counts answers by broker: a partition whose leader moves between two attempts, to a broker
 * that has already answered, is left out of the second one without a word.
 */
function requireAllAnswered(
  answers: readonly { readonly topicName: string; readonly partition: number }[],
  topicMessages: ReturnType<typeof messagesOf>,
): void {
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName}-${partition}`))
  for (const { topic, messages } of topicMessages)
    for (const message of messages)
      if (!answered.has(`${topic}-${partitionOf.get(message)}`))
        throw new Error(`a partition of ${topic} did not answer`)
}

function isRefusal(error: unknown): boolean {
  return REFUSALS.includes(errorType(error) ?? '')
}

function refused(record: TopicRecord, index: number, why: string, cause?: unknown): AppError {
  const key = record.key === null ? 'no key' : `key ${String(record.key).slice(0, 100)}`
  const text = `Kafka does not take the record with ${key} for ${record.topic}: ${why}`
  return new AppError('record_refused', 422, text, { cause, extensions: { index } })
}
