import type { SharedLog } from '../event-log/event-log'
import type { Logger } from '../lib/logger'
import type { Projection } from '../orders/projection'
import type { GapReason, Progress } from './progress'
import type { Counters } from './stats'

interface Options {
  readonly log: SharedLog
  readonly projection: Projection | null
  readonly counters: Counters
  readonly logger: Logger
}

/**
 * Logs that a partition's source changed or lost records, which takes its checkpoints away. Does
 * nothing where the log's checkpoint is another one than `progress` says: somebody else was faster.
 */
export async function declareGap(
  partition: string,
  { logged, projected }: Progress,
  why: GapReason,
  { log, projection, counters, logger }: Options,
): Promise<void> {
  const gap = { checkpoint: null }
  const [outcome] = await log.append([{ partition, expected: logged, gap }])
  if (outcome?.outcome !== 'appended') return
  counters.gaps += 1
  logger.error({ partition, why, logged, projected }, 'records of a partition are lost for good')
  // Last: a mirror that slept through all of it and comes too late must not touch the tables.
  await projection?.reset(partition, null)
}
