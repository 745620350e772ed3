import type { Checkpoint } from '../event-log/event-log'
import type { KafkaRecord } from '../kafka/kafka'
import type { ReadRecord } from './chunk'
import { fingerprintOf } from './fingerprint'

/**
 * A checkpoint behind a partition's last record, where marks of transactions, aborted records or what
 * compaction took follow it: who comes later knows that nothing was there, even if retention has
 * removed it. Its fingerprint is that of the record before it, and how far before: that one tells
 * whether the topic is still the same.
 */
export function markAt(offset: number, proof: Checkpoint | null): Checkpoint {
  return { offset, fingerprint: proof ? `${proof.fingerprint}+${offset - proof.offset}` : '+' }
}

/** The record that proves a checkpoint: the one at it, or before a mark; null where there was none. */
export function proofOf(checkpoint: Checkpoint | null): Checkpoint | null {
  const plus = checkpoint?.fingerprint.indexOf('+') ?? -1
  if (!checkpoint || plus < 0) return checkpoint
  if (plus === 0) return null
  const { offset, fingerprint } = checkpoint
  return {
    offset: offset - Number(fingerprint.slice(plus + 1)),
    fingerprint: fingerprint.slice(0, plus),
  }
}

function isMark({ fingerprint }: Checkpoint): boolean {
  return fingerprint.includes('+')
}

/** Whether the source of a checkpoint cannot be the one that this record is from. */
export function isContradicted(checkpoint: Checkpoint | null, record: KafkaRecord): boolean {
  if (!checkpoint || record.offset > checkpoint.offset) return false
  if (record.offset === checkpoint.offset && isMark(checkpoint)) return true
  const proof = proofOf(checkpoint)
  if (!proof) return true
  return proof.offset === record.offset && proof.fingerprint !== fingerprintOf(record)
}

/** A mark as the log and the tables take it: as a record that yields nothing. */
export function markRecord(offset: number, proof: Checkpoint | null): ReadRecord {
  const record = { offset, timestamp: -1, key: null, value: null, headers: {} }
  return { record, fingerprint: markAt(offset, proof).fingerprint, event: null, foreign: null }
}
