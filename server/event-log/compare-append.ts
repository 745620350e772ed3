import type { Checkpoint, GapBatch, RecordsBatch, SourceRecord } from './event-log'

/** What compare-and-append does with one partition's group: a pure decision, the same in every log. */
export type Decision =
  | { readonly action: 'append'; readonly records: readonly SourceRecord[] }
  | { readonly action: 'rewind' }

/**
 * The checkpoint is at what the caller expects: append. Beyond it: skip what is covered. Before it,
 * absent, or another record in its place: the caller rewinds. Throws on records out of order.
 */
export function decideRecords(stored: Checkpoint | null, batch: RecordsBatch): Decision {
  const { expected, records } = batch
  checkAscending(batch)
  if (!stored) return expected ? { action: 'rewind' } : { action: 'append', records }
  if (expected) {
    if (expected.offset > stored.offset) return { action: 'rewind' }
    if (expected.offset === stored.offset && !same(expected, stored)) return { action: 'rewind' }
  }
  const first = records.findIndex((record) => record.offset >= stored.offset)
  const atCheckpoint = records[first]
  if (!atCheckpoint) return { action: 'append', records: [] }
  if (atCheckpoint.offset > stored.offset)
    return { action: 'append', records: records.slice(first) }
  return same(atCheckpoint, stored)
    ? { action: 'append', records: records.slice(first + 1) }
    : { action: 'rewind' }
}

/** A gap is logged only by a caller who knows the checkpoint that it resets. */
export function decideGap(stored: Checkpoint | null, { expected }: GapBatch): 'append' | 'rewind' {
  if (!stored || !expected) return stored === expected ? 'append' : 'rewind'
  return same(stored, expected) ? 'append' : 'rewind'
}

function same(a: Checkpoint, b: Checkpoint): boolean {
  return a.offset === b.offset && a.fingerprint === b.fingerprint
}

/** Throws a `RangeError` for records out of order. */
export function checkAscending({ partition, expected, records }: RecordsBatch): void {
  let before = expected?.offset ?? -1
  for (const { offset } of records) {
    if (offset <= before) {
      throw new RangeError(`${partition}: offset ${offset} does not come after ${before}`)
    }
    before = offset
  }
}
