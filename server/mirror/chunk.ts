import type { OrderEvent, SourceRecord } from '../event-log/event-log'
import type { KafkaRecord, TopicPartition } from '../kafka/kafka'
import type { ForeignEvent } from '../orders/projection'
import type { DeadLetter, DeadLetterReason } from './dead-letter'
import { fingerprintOf } from './fingerprint'
import type { Normalize } from './normalize'

/** A record that was read, on its way into the log. */
export interface ReadRecord {
  readonly record: KafkaRecord
  readonly fingerprint: string
  readonly event: OrderEvent | null
  /** What the projection folds first; null with `ORDERS=on`. */
  readonly foreign: ForeignEvent | null
}

export interface Chunk {
  readonly records: readonly ReadRecord[]
  readonly letters: readonly DeadLetter[]
}

const CHUNK_RECORDS = 500
const CHUNK_BYTES = 262_144

/** The records in portions that are read, projected and appended at once. */
export function* chunksOf(records: readonly KafkaRecord[]): Generator<readonly KafkaRecord[]> {
  let from = 0
  let bytes = 0
  for (let at = 0; at < records.length; at += 1) {
    bytes += records[at]!.value?.length ?? 0
    if (at + 1 - from < CHUNK_RECORDS && bytes < CHUNK_BYTES) continue
    yield records.slice(from, at + 1)
    from = at + 1
    bytes = 0
  }
  if (from < records.length) yield records.slice(from)
}

/** @param name the name of `at` */
export function readChunk(
  normalize: Normalize,
  at: TopicPartition,
  name: string,
  records: readonly KafkaRecord[],
): Chunk {
  const letters: DeadLetter[] = []
  const read = records.map((record): ReadRecord => {
    const normalized = normalize(at.topic, name, record)
    if (normalized.kind === 'dead') letters.push(letterOf(at, record, normalized))
    return {
      record,
      fingerprint: fingerprintOf(record),
      event: normalized.kind === 'own' ? normalized.event : null,
      foreign: normalized.kind === 'foreign' ? normalized.event : null,
    }
  })
  return { records: read, letters }
}

export function letterOf(
  { topic, partition }: TopicPartition,
  { offset, timestamp, key, value, headers }: KafkaRecord,
  { reason, detail }: { readonly reason: DeadLetterReason; readonly detail: string },
): DeadLetter {
  const source = { topic, partition, offset, timestamp }
  return { source, reason, detail, key, value, headers }
}

/** As the log takes it. */
export function sourceRecord(
  { record: { offset, timestamp }, fingerprint }: ReadRecord,
  event: OrderEvent | null,
): SourceRecord {
  // A producer may have set none, which is -1.
  if (timestamp < 0) return { offset, fingerprint, event }
  return { offset, fingerprint, event, committedAt: timestamp }
}
