import type { OpenBatch } from './fetch-answer'
import type { KafkaRecord, OffsetRange } from './kafka'
import { readRecords, type RecordBatch } from './record-batch'
import type { FetchedPartition, FetchedRecord } from './wire'

/** What a fetch brought of a partition that was asked for from an offset on. */
export interface Fetched {
  readonly records: readonly KafkaRecord[]
  /** Where the next fetch begins: behind all that came, control records and aborted ones too. */
  readonly next: number
  /** Where control records and aborted ones are. */
  readonly marks: readonly OffsetRange[]
  /** The partition's end. */
  readonly end: number
  /** Where a transaction that is still open ends what can be read; else the end. */
  readonly readableEnd: number
  /** About how much memory the records take. */
  readonly bytes: number
}

/** An object for each record costs this much beside its bytes. */
const RECORD_OVERHEAD_BYTES = 200

/**
 * The records at or behind `from`. Brokers answer with whole record batches, so the first ones may
 * lie before it; compaction may have left holes, also behind the last.
 */
export function decodeFetched(answer: FetchedPartition, from: number): Fetched {
  const end = Number(answer.highWatermark)
  const stable = Number(answer.lastStableOffset ?? -1)
  const read = answer.batches
    ? readBatches(answer, answer.batches, from)
    : readMessages(answer, from)
  return { ...read, end, readableEnd: stable < 0 ? end : stable }
}

type Read = Pick<Fetched, 'records' | 'next' | 'marks' | 'bytes'>

function readBatches(answer: FetchedPartition, batches: readonly OpenBatch[], from: number): Read {
  const isAborted = createAbortedFilter(answer)
  const records: KafkaRecord[] = []
  const marks: OffsetRange[] = []
  let next = from
  let bytes = 0
  for (const { batch, body } of batches) {
    next = Math.max(next, batch.lastOffset + 1)
    if (isAborted(batch) || batch.isControl) {
      marks.push({ first: batch.firstOffset, last: batch.lastOffset })
      continue
    }
    const before = records.length
    readRecords(batch, body, from, records)
    bytes += (records.length - before) * RECORD_OVERHEAD_BYTES + body.length
  }
  return { records, next, marks, bytes }
}

function readMessages(answer: FetchedPartition, from: number): Read {
  const isAborted = createAbortedFilter(answer)
  const records: KafkaRecord[] = []
  const marks: OffsetRange[] = []
  let next = from
  let bytes = 0
  for (const message of answer.messages) {
    const offset = Number(message.offset)
    next = Math.max(next, behindBatchOf(message) ?? offset + 1)
    const { batchContext, isControlRecord } = message
    const aborted = isAborted({
      lastOffset: offset,
      producerId: batchContext?.producerId ?? '',
      inTransaction: batchContext?.inTransaction ?? false,
      isControl: isControlRecord && batchContext !== undefined,
    })
    if (aborted || isControlRecord) marks.push({ first: offset, last: offset })
    if (aborted || offset < from || isControlRecord) continue
    const record = recordOf(message, offset)
    records.push(record)
    bytes += sizeOf(record)
  }
  return { records, next, marks, bytes }
}

function sizeOf({ key, value, headers }: KafkaRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0)
  return bytes
}

function recordOf(message: FetchedRecord, offset: number): KafkaRecord {
  const headers: Record<string, Buffer | undefined> = {}
  for (const name in message.headers) {
    const value = message.headers[name]
    headers[name] = Buffer.isBuffer(value) ? value : value?.at(-1)
  }
  const { key, value } = message
  return { offset, timestamp: Number(message.timestamp), key, value, headers }
}

/** Record batches of the format before 2017 do not tell. */
function behindBatchOf({ batchContext }: FetchedRecord): number | null {
  if (!batchContext) return null
  return Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1
}

type Transactional = Pick<RecordBatch, 'lastOffset' | 'producerId' | 'inTransaction' | 'isControl'>

/**
 * Whether a batch, or a record, belongs to a transaction that was aborted: from the first offset that
 * the broker names for its producer up to that producer's next control record.
 */
function createAbortedFilter({ abortedTransactions }: FetchedPartition) {
  if (!abortedTransactions?.length) return () => false
  const waiting = [...abortedTransactions]
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .toSorted((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<string>()
  return ({ lastOffset, producerId, inTransaction, isControl }: Transactional): boolean => {
    while (waiting[0] && waiting[0].firstOffset <= lastOffset)
      aborting.add(waiting.shift()!.producerId)
    if (!isControl) return inTransaction && aborting.has(producerId)
    aborting.delete(producerId)
    return false
  }
}
