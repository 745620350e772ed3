import type { Checkpoint, OrderEvent, RefillSpan, SharedLog } from '../event-log/event-log'
import { openRedisLog, type RedisLog } from '../event-log/event-log.redis'
import { createLogger } from '../lib/logger'
import type { Cursor } from '../protocol/cursor'
import type { RedisProcess } from './redis-process'

const PARTITION = 'order.updated-0'

/** A log in Redis as several nodes share it, and a writer that stands for the workers. */
export interface SharedTestLog {
  /** The writer's own connection to it. */
  readonly log: SharedLog
  /** As one more node sees it. */
  openFor(pendingAgeMs?: () => number): Promise<SharedLog>
  /** Appends events as records of one partition; resolves once they are in the log. */
  append(...events: readonly OrderEvent[]): Promise<void>
  /** The newest entry. */
  head(): Promise<Cursor>
  /** Opens a log that forgot: it refills until so many more records were appended. */
  reopen(records: number): Promise<void>
  close(): Promise<void>
}

export async function openSharedLog(redis: RedisProcess): Promise<SharedTestLog> {
  const name = crypto.randomUUID()
  const logs: RedisLog[] = []
  let offset = -1

  async function openFor(pendingAgeMs?: () => number): Promise<SharedLog> {
    const log = await openRedisLog({
      settings: { url: redis.url, name, ca: null },
      retentionMs: 3_600_000,
      retentionMaxEntries: 1_000_000,
      logger: createLogger('silent'),
      ...(pendingAgeMs && { pendingAgeMs }),
    })
    logs.push(log)
    return log
  }

  const log = await openFor()
  await log.open(new Map())
  return {
    log,
    openFor,
    async append(...events) {
      const { checkpoints } = await log.state()
      const expected = checkpoints.get(PARTITION) ?? null
      const committedAt = Date.now()
      const records = events.map((event) => ({ ...checkpointAt(++offset), event, committedAt }))
      const [outcome] = await log.append([{ partition: PARTITION, expected, records }])
      if (outcome?.outcome !== 'appended') throw new Error('The append was refused.')
    },
    async head() {
      const [newest] = await log.newest(1, 1)
      return `${newest!.id}.${newest!.tag}`
    },
    async reopen(records) {
      const span: RefillSpan = { start: offset + 1, target: offset + records }
      await log.open(new Map([[PARTITION, span]]))
    },
    async close() {
      await Promise.all(logs.map((each) => each.close()))
    },
  }
}

function checkpointAt(offset: number): Checkpoint {
  return { offset, fingerprint: offset.toString(16).padStart(16, '0') }
}
