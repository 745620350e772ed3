import { eventBytes, eventDigest } from './entry'
import type {
  AppendOutcome,
  Checkpoint,
  GapBatch,
  PartitionBatch,
  RecordsBatch,
  SourceRecord,
} from './event-log'

/** What one script call may be made to do: it holds up everybody else meanwhile. */
export interface CallLimits {
  readonly records: number
  /** Of event JSON. */
  readonly bytes: number
}

/** A part of one partition's group, small enough for one call. */
interface Part {
  /** Of the group in the batch. */
  readonly group: number
  readonly batch: PartitionBatch
}

export type AppendCall = readonly Part[]

/**
 * Distributes a batch over calls, in its order. What follows on a part of a group expects the part's
 * last record, so it is refused where the part was.
 */
export function planCalls(batch: readonly PartitionBatch[], limits: CallLimits): AppendCall[] {
  const calls: Part[][] = []
  let room: CallLimits = { records: 0, bytes: 0 }
  for (const part of partsOf(batch, limits)) {
    const { records, bytes } = weigh(part.batch)
    if (calls.length === 0 || records > room.records || bytes > room.bytes) {
      calls.push([])
      room = limits
    }
    calls.at(-1)!.push(part)
    room = { records: room.records - records, bytes: room.bytes - bytes }
  }
  return calls
}

function* partsOf(batch: readonly PartitionBatch[], limits: CallLimits): Generator<Part> {
  for (const [group, each] of batch.entries()) {
    if ('gap' in each) yield { group, batch: each }
    else for (const part of splitRecords(each, limits)) yield { group, batch: part }
  }
}

function* splitRecords(batch: RecordsBatch, limits: CallLimits): Generator<RecordsBatch> {
  const { partition, records } = batch
  let expected: Checkpoint | null = batch.expected
  let from = 0
  do {
    let to = from
    let bytes = 0
    while (to < records.length && to - from < limits.records) {
      bytes += sizeOf(records[to]!)
      if (to > from && bytes > limits.bytes) break
      to += 1
    }
    yield { partition, expected, records: records.slice(from, to) }
    const last = records[to - 1]
    if (last) expected = { offset: last.offset, fingerprint: last.fingerprint }
    from = to
  } while (from < records.length)
}

function weigh(batch: PartitionBatch): CallLimits {
  if ('gap' in batch) return { records: 1, bytes: 0 }
  // A group without records is work too.
  return {
    records: Math.max(1, batch.records.length),
    bytes: batch.records.reduce((sum, record) => sum + sizeOf(record), 0),
  }
}

function sizeOf({ event }: SourceRecord): number {
  return event ? event.data.length + event.staffOnly.length : 0
}

/** The arguments of append.lua. */
export function callArguments(call: AppendCall): (string | number)[] {
  const args: (string | number)[] = []
  for (const { batch } of call) {
    if ('gap' in batch) pushGap(args, batch)
    else pushRecords(args, batch)
  }
  return args
}

function pushGap(args: (string | number)[], { partition, expected, gap }: GapBatch): void {
  const { checkpoint } = gap
  args.push('gap', partition, expected?.offset ?? '', expected?.fingerprint ?? '')
  args.push(checkpoint?.offset ?? '', checkpoint?.fingerprint ?? '')
}

function pushRecords(args: (string | number)[], batch: RecordsBatch): void {
  const { partition, expected, records } = batch
  const last = records.at(-1)
  args.push('records', partition, expected?.offset ?? '', expected?.fingerprint ?? '')
  args.push(records.length, last?.offset ?? '', last?.fingerprint ?? '')
  args.push(records.map(({ offset, fingerprint }) => `${offset}:${fingerprint}`).join('\n'))
  for (const { offset, event, committedAt } of records) {
    if (event) {
      const bytes = eventBytes(`${partition}@${offset}`, event)
      args.push(event.customer ?? '', committedAt ?? '', eventDigest(bytes), bytes)
    } else args.push('', '', '', '')
  }
}

/** Throws a `RangeError` for what could not be read back: these parts stand on a line each. */
export function checkLines(batch: readonly PartitionBatch[]): void {
  for (const group of batch) {
    if (hasBreak(group.partition)) throw broken('a partition')
    if ('gap' in group) continue
    for (const { offset, fingerprint, event } of group.records) {
      if (hasBreak(fingerprint)) throw broken(`the fingerprint of ${group.partition}@${offset}`)
      if (event && (hasBreak(event.data) || hasBreak(event.staffOnly)))
        throw broken(`the event of ${group.partition}@${offset}`)
    }
  }
}

function hasBreak(text: string): boolean {
  return text.includes('\n')
}

function broken(what: string): RangeError {
  return new RangeError(`${what} is not on one line`)
}

/** Four values of append.lua's answer for each part. */
const PER_PART = 4

/** One outcome a group. A part that was refused makes its group one to rewind. */
export function outcomesOf(
  batch: readonly PartitionBatch[],
  calls: readonly AppendCall[],
  answers: readonly (readonly (string | number)[])[],
): AppendOutcome[] {
  const outcomes: (AppendOutcome | undefined)[] = batch.map(() => undefined)
  for (const [index, call] of calls.entries()) {
    for (const [at, { group }] of call.entries()) {
      const answer = answers[index]!.slice(at * PER_PART, (at + 1) * PER_PART)
      outcomes[group] = joined(outcomes[group], outcomeOf(answer))
    }
  }
  return outcomes.map((outcome) => outcome!)
}

function outcomeOf([outcome, entries, offset, fingerprint]: readonly (
  string | number
)[]): AppendOutcome {
  const checkpoint =
    offset === '' ? null : { offset: Number(offset), fingerprint: String(fingerprint) }
  if (outcome === 'rewind') return { outcome, checkpoint }
  return { outcome: 'appended', entries: Number(entries), checkpoint }
}

/** The checkpoint is the newest that is known, also where a later part went through after all. */
function joined(before: AppendOutcome | undefined, next: AppendOutcome): AppendOutcome {
  if (!before) return next
  if (before.outcome === 'rewind' || next.outcome === 'rewind') {
    return { outcome: 'rewind', checkpoint: next.checkpoint }
  }
  return { ...next, entries: before.entries + next.entries }
}
