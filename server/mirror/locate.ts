import { AppError } from '../errors'
import type { LogState, SharedLog } from '../event-log/event-log'
import { partitionName, type Kafka, type PartitionSpan, type TopicPartition } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { Projection } from '../orders/projection'
import type { Absences } from './absences'
import { declareGap } from './gap'
import { findPlace, type Place } from './progress'
import { openLog } from './refill'
import type { Counters } from './stats'

export interface LocateOptions {
  readonly kafka: Kafka
  readonly log: SharedLog
  readonly projection: Projection | null
  readonly topics: readonly string[]
  readonly retentionMs: number
  /** Of partitions. */
  readonly absences: Absences
  /** Of topics. */
  readonly absentTopics: Absences
  readonly counters: Counters
  readonly logger: Logger
}

/** Where each of the partitions is to be read on; those that Kafka does not know are left out. */
export type Locate = (partitions: readonly TopicPartition[]) => Promise<ReadonlyMap<string, Place>>

const ATTEMPTS = 3

/**
 * Positions come from the log's checkpoints alone. A log that holds nothing is opened to be refilled;
 * a source that cannot be the one of before is told as a gap.
 */
export function createLocate(options: LocateOptions): Locate {
  const { kafka, log, projection, topics, absences } = options

  /** Checkpoints are read before the spans: a partition's end can only be beyond what was read of it. */
  async function look() {
    const state = await log.state()
    const { checkpoints, refill } = state.opened ? state : await openLog(options)
    const projected = (await projection?.checkpoints()) ?? new Map()
    return { checkpoints, refill, projected, spans: await kafka.spans(topics) }
  }

  /** A log that waits for records of partitions that are gone would never be open again. */
  async function goneOf(
    refill: LogState['refill'],
    spans: ReadonlyMap<string, PartitionSpan>,
  ): Promise<readonly string[]> {
    const gone = absences.among(refill.keys(), (name) => spans.has(name))
    if (gone.length === 0) return []
    // As of now: another worker may have told of it meanwhile, which would be told twice.
    const { refill: waiting } = await log.state()
    return gone.filter((name) => waiting.has(name))
  }

  return async (partitions) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { checkpoints, refill, projected, spans } = await look()
      const places = new Map<string, Place>()
      const progressOf = (name: string) => ({
        logged: checkpoints.get(name) ?? null,
        projected: projected.get(name) ?? null,
      })
      let gaps = 0
      for (const name of await goneOf(refill, spans)) {
        gaps += 1
        await declareGap(name, progressOf(name), 'beyond_end', options)
      }
      for (const name of partitions.map(partitionName)) {
        const span = spans.get(name)
        if (!span) continue
        const progress = progressOf(name)
        const found = findPlace(span, progress, refill.get(name), projection !== null)
        if (found.finding === 'place') {
          places.set(name, found.place)
          continue
        }
        gaps += 1
        await declareGap(name, progress, found.why, options)
      }
      if (gaps === 0) return places
    }
    throw new AppError('source_unsettled', 503, 'The topics changed while they were looked at.', {
      temporary: true,
    })
  }
}
