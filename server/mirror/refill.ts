import { AppError } from '../errors'
import type { LogState, RecordsBatch, RefillSpan, SharedLog } from '../event-log/event-log'
import type { Kafka, KafkaRecord, PartitionSpan } from '../kafka/kafka'
import type { Absences } from './absences'
import { fingerprintOf } from './fingerprint'

interface Options {
  readonly kafka: Kafka
  readonly log: SharedLog
  readonly topics: readonly string[]
  readonly retentionMs: number
  readonly absentTopics: Absences
}

/**
 * Opens a log that holds nothing: of each partition it is to get what is younger than the retention,
 * up to the newest record of now. Several workers may do so at the same time: one opens, the others
 * find it open. Answers the log's state.
 */
export async function openLog(options: Options): Promise<LogState> {
  const { kafka, log, topics, retentionMs } = options
  const spans = await kafka.spans(topics)
  requireTopics(options, spans)
  const starts = await startsOf(kafka, topics, Date.now() - retentionMs)
  const refill = new Map<string, RefillSpan>()
  const passed: RecordsBatch[] = []
  for (const [name, span] of spans) {
    const newest = await newestRecord(kafka, span)
    if (!newest) continue
    const start = Math.max(span.earliest, starts.get(name) ?? span.earliest)
    if (newest.offset >= start) refill.set(name, { start, target: newest.offset })
    else passed.push(behind(name, newest))
  }
  await log.open(refill)
  // Partitions whose records are all too old start behind them, and not with the oldest.
  if (passed.length > 0) await log.append(passed)
  return log.state()
}

/**
 * A broker that has just started may not know of topics for a moment. Opened without them, the log
 * would be read before their records are back, which then came as new ones, however old they are.
 */
function requireTopics(
  { topics, absentTopics }: Options,
  spans: ReadonlyMap<string, PartitionSpan>,
): void {
  const known = new Set([...spans.values()].map(({ topic }) => topic))
  const gone = absentTopics.among(topics, (topic) => known.has(topic))
  const unsure = topics.filter((topic) => !known.has(topic) && !gone.includes(topic))
  if (unsure.length === 0) return
  const sentence = `Kafka does not know of the topics ${unsure.join(', ')} at the moment.`
  throw new AppError('no_such_topic', 503, sentence, { temporary: true })
}

/** Moves the checkpoint of a partition that has none to this record, without an entry. */
function behind(partition: string, record: KafkaRecord): RecordsBatch {
  const { offset } = record
  const records = [{ offset, fingerprint: fingerprintOf(record), event: null }]
  return { partition, expected: null, records }
}

async function startsOf(kafka: Kafka, topics: readonly string[], timestampMs: number) {
  const starts = await Promise.all(topics.map((topic) => kafka.offsetsAt(topic, timestampMs)))
  return new Map(starts.flatMap((offsets) => [...offsets]))
}

/**
 * The last record that can be read. It is not always at the end: transactions leave marks there, and
 * a target that no record has would never be passed.
 */
async function newestRecord(kafka: Kafka, span: PartitionSpan): Promise<KafkaRecord | null> {
  for (let back = 1; ; back *= 32) {
    const from = Math.max(span.earliest, span.end - back)
    const records = await kafka.read(span, from, back)
    const newest = records.at(-1)
    if (newest) return newest
    if (from <= span.earliest) return null
  }
}
