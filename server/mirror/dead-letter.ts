import type { KafkaRecord, NewRecord, TopicPartition } from '../kafka/kafka'
import { partitionName } from '../kafka/kafka'

export const DEAD_LETTER_REASONS = [
  'not_json',
  'invalid',
  'too_big',
  'foreign',
  'unknown_type',
] as const
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number]

/** A record that yields no event, as it was found. */
export interface DeadLetter {
  readonly source: TopicPartition & {
    readonly offset: number
    /** Milliseconds since the epoch. */
    readonly timestamp: number
  }
  readonly reason: DeadLetterReason
  /** One sentence for people: what was wrong and what was expected. */
  readonly detail: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | undefined>>
}

/** A dead letter as its topic holds it. */
export interface StoredDeadLetter extends Omit<DeadLetter, 'reason'> {
  /** A newer version may know others. */
  readonly reason: DeadLetterReason | (string & {})
  /** Null where the original had none, else the original's length, however much of it is here. */
  readonly valueBytes: number | null
  /** Whether key, value and headers are all that the original had. */
  readonly whole: boolean
}

/** On a record that was sent back: its letter, as `topic/partition@offset`. */
export const REDRIVE_HEADER = 'dead-letter.redrive'

/** What of a record is kept, so that its letter fits wherever the record did. */
export const KEPT_VALUE_BYTES = 256 * 1024
const KEPT_KEY_BYTES = 16 * 1024
const KEPT_HEADERS_BYTES = 64 * 1024
const DETAIL_CHARACTERS = 1_000

/** Our own headers; a header of the original that begins alike is kept behind `ORIGINAL`. */
const OURS = 'dead-letter.'
const ORIGINAL = `${OURS}original.`
const NAMES = {
  topic: `${OURS}topic`,
  partition: `${OURS}partition`,
  offset: `${OURS}offset`,
  timestamp: `${OURS}timestamp`,
  reason: `${OURS}reason`,
  detail: `${OURS}detail`,
  /** Present where the original had no key. */
  noKey: `${OURS}no-key`,
  /** Present where something was cut: the length of the original's value in bytes. */
  cut: `${OURS}cut`,
} as const

/**
 * The record that keeps a dead letter: key and value as they came, the value at most 256 KB of it,
 * the original's headers under their own names, and all else in headers `dead-letter.…`. Where the
 * original had no key the letter has its partition's name for one, so that whatever concerns this
 * letter later comes to lie in the same partition.
 */
export function deadLetterRecord(letter: DeadLetter, topic: string): NewRecord & { topic: string } {
  const { source } = letter
  const key = letter.key?.subarray(0, KEPT_KEY_BYTES) ?? partitionName(source)
  const value = letter.value?.subarray(0, KEPT_VALUE_BYTES) ?? null
  const { kept, complete } = keptHeaders(letter.headers)
  const cut =
    !complete || value?.length !== letter.value?.length || isCut(letter.key, KEPT_KEY_BYTES)
  return {
    topic,
    key,
    value,
    headers: {
      ...kept,
      [NAMES.topic]: source.topic,
      [NAMES.partition]: String(source.partition),
      [NAMES.offset]: String(source.offset),
      [NAMES.timestamp]: String(source.timestamp),
      [NAMES.reason]: letter.reason,
      [NAMES.detail]: letter.detail.slice(0, DETAIL_CHARACTERS).toWellFormed(),
      ...(letter.key ? {} : { [NAMES.noKey]: '1' }),
      ...(cut ? { [NAMES.cut]: String(letter.value?.length ?? 0) } : {}),
    },
  }
}

/** What `deadLetterRecord` kept; null for a record that is not a dead letter. */
export function readDeadLetter(record: KafkaRecord): StoredDeadLetter | null {
  const text = (name: string) => record.headers[name]?.toString() ?? null
  const [topic, reason] = [text(NAMES.topic), text(NAMES.reason)]
  const [partition, offset, timestamp] = [NAMES.partition, NAMES.offset, NAMES.timestamp].map(
    (name) => Number(text(name) ?? NaN),
  ) as [number, number, number]
  if (topic === null || reason === null) return null
  if (![partition, offset, timestamp].every(Number.isSafeInteger)) return null
  const cut = text(NAMES.cut)
  return {
    source: { topic, partition, offset, timestamp },
    reason,
    detail: text(NAMES.detail) ?? '',
    key: text(NAMES.noKey) === null ? record.key : null,
    value: record.value,
    headers: originalHeaders(record.headers),
    valueBytes: record.value && (cut === null ? record.value.length : Number(cut)),
    whole: cut === null,
  }
}

function isCut(bytes: Buffer | null, keptBytes: number): boolean {
  return bytes !== null && bytes.length > keptBytes
}

/** Headers as long as they fit, under names that cannot be taken for ours. */
function keptHeaders(headers: DeadLetter['headers']) {
  const present = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, bytes: Buffer.byteLength(name) + value.length }],
  )
  let room = KEPT_HEADERS_BYTES
  const fitting = present.filter(({ bytes }) => {
    if (bytes > room) return false
    room -= bytes
    return true
  })
  const kept = Object.fromEntries(
    fitting.map(({ name, value }) => [name.startsWith(OURS) ? `${ORIGINAL}${name}` : name, value]),
  )
  return { kept, complete: fitting.length === present.length }
}

function originalHeaders(headers: KafkaRecord['headers']): DeadLetter['headers'] {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (name.startsWith(ORIGINAL)) return [[name.slice(ORIGINAL.length), value]]
      return name.startsWith(OURS) ? [] : [[name, value]]
    }),
  )
}
