import type { Kafka, KafkaRecord, PartitionSpan } from '../kafka/kafka'

/** Records read of a partition at once. */
const STEP = 100

/** Of which partition, and from which offset on; absent: all of the topic. */
interface Part {
  readonly partition: number
  readonly from: number
}

/**
 * The records of a topic as of now: of each partition backwards, and among partitions the latest
 * next. Holds a bounded number of them at a time.
 */
export async function* newestFirst(
  kafka: Pick<Kafka, 'spans' | 'read'>,
  topic: string,
  part?: Part,
): AsyncGenerator<{ readonly partition: number; readonly record: KafkaRecord }> {
  const spans = [...(await kafka.spans([topic])).values()]
  const wanted = part ? spans.filter(({ partition }) => partition === part.partition) : spans
  const readers = wanted.map((span) => ({
    partition: span.partition,
    ahead: backwards(kafka, { ...span, earliest: Math.max(span.earliest, part?.from ?? 0) }),
    next: null as KafkaRecord | null,
  }))
  await Promise.all(readers.map(async (reader) => (reader.next = await nextOf(reader.ahead))))
  for (;;) {
    const latest = readers.reduce<(typeof readers)[number] | null>(
      (best, reader) =>
        reader.next && reader.next.timestamp >= (best?.next?.timestamp ?? -Infinity)
          ? reader
          : best,
      null,
    )
    if (!latest?.next) return
    yield { partition: latest.partition, record: latest.next }
    latest.next = await nextOf(latest.ahead)
  }
}

async function* backwards(
  kafka: Pick<Kafka, 'read'>,
  span: PartitionSpan,
): AsyncGenerator<KafkaRecord> {
  for (let end = span.end; end > span.earliest; end -= STEP) {
    const from = Math.max(span.earliest, end - STEP)
    const records = await kafka.read(span, from, end - from)
    // Offsets may have holes: then some of these were here before.
    yield* records.filter(({ offset }) => offset < end).toReversed()
  }
}

async function nextOf(records: AsyncGenerator<KafkaRecord>): Promise<KafkaRecord | null> {
  const { value, done } = await records.next()
  return done ? null : value
}
