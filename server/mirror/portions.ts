import type { Checkpoint } from '../event-log/event-log'
import type { FetchedBatch, KafkaRecord } from '../kafka/kafka'
import { chunksOf, type ReadRecord } from './chunk'
import { fingerprintOf } from './fingerprint'

/** Records of a batch that go into the log together; `next` as of a batch. */
export interface Portion {
  readonly records: readonly KafkaRecord[]
  readonly next: number
}

/** What is no record for us behind the last one of a batch belongs to its last portion. */
export function* portionsOf({ records, next }: FetchedBatch): Generator<Portion> {
  const newest = records.at(-1)
  if (!newest) yield { records, next }
  for (const portion of chunksOf(records)) {
    const last = portion.at(-1)!
    yield { records: portion, next: last === newest ? next : last.offset + 1 }
  }
}

/** The last of the records; null where there is none. @param read the last ones of them, or none */
export function newestOf(
  records: readonly KafkaRecord[],
  read: readonly ReadRecord[],
): Checkpoint | null {
  const newest = records.at(-1)
  if (!newest) return null
  return { offset: newest.offset, fingerprint: read.at(-1)?.fingerprint ?? fingerprintOf(newest) }
}
