import { AppError } from '../errors'
import type { SharedLog } from '../event-log/event-log'
import { partitionName, type Kafka, type TopicPartition } from '../kafka/kafka'
import type { Logger } from '../lib/logger'
import type { Projection } from '../orders/projection'
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
  const { kafka, log, projection, topics } = options

  /** Checkpoints are read before the spans: a partition's end can only be beyond what was read of it. */
  async function look() {
    const state = await log.state()
    const { checkpoints, refill } = state.opened ? state : await openLog(options)
    const projected = (await projection?.checkpoints()) ?? new Map()
    return { checkpoints, refill, projected, spans: await kafka.spans(topics) }
  }

  return async (partitions) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { checkpoints, refill, projected, spans } = await look()
      const places = new Map<string, Place>()
      const progressOf = (name: string) => ({
        logged: checkpoints.get(name) ?? null,
        projected: projected.get(name) ?? null,
      })
      // A log that waits for records of a partition that is gone would never be open again.
      const vanished = [...refill.keys()].filter((name) => !spans.has(name))
      for (const name of vanished) await declareGap(name, progressOf(name), 'beyond_end', options)
      let gaps = vanished.length
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
