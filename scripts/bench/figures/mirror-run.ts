import type { Bench } from '../lib/bench'
import { spawnBench, withChildren } from '../lib/children'
import { now } from '../lib/clock'
import { environmentOf } from '../lib/distributed'
import type { Topics } from '../lib/distributed'
import type { Child } from '../lib/process'
import { checkLog, FEED } from '../lib/log-check'
import type { CheckedLog } from '../lib/log-check'
import { redisFacts, withRedis } from '../lib/redis-facts'
import type { BenchRedis, Services } from '../lib/services'
import type { Backlog } from '../servers/producer'
import type { WorkerCommands } from '../servers/worker'

/** A backlog in Kafka, which each run reads from its start. */
export interface Filled extends Backlog {
  readonly topics: Topics
}

export interface Drain {
  /** From the opening of the log (right after the assignment of partitions) to its last event. */
  readonly ms: number
  readonly perSecond: number
  /** What a record cost, in microseconds: all workers, and Redis. */
  readonly workerCpu: number
  readonly redisCpu: number
  readonly log: CheckedLog
}

const LOOK_EVERY_MS = 50
/** So long without a new entry a drain has failed. */
const STALLED_MS = 30_000

/**
 * The real worker drains the whole backlog into an empty Redis; rejects unless the log then holds
 * each event once, with the bytes that were sent, and every tag and link in it is right.
 */
export function drain(
  bench: Bench,
  services: Services,
  redis: BenchRedis,
  filled: Filled,
  workers = 1,
): Promise<Drain> {
  return withChildren(async (keep) => {
    const children: Child<WorkerCommands>[] = []
    for (let worker = 0; worker < workers; worker++)
      children.push(keep(await spawnBench<WorkerCommands>('servers/worker.ts', bench.ours)))
    const env = environmentOf(services, redis.url, filled.topics)
    const cpu = async (): Promise<number> => {
      const used = await Promise.all(children.map((child) => child.ask('cpuMs')))
      return used.reduce((sum, ms) => sum + ms, 0)
    }
    const before = { worker: await cpu(), redis: (await redisFacts(redis.url)).cpuMs }
    await Promise.all(children.map((child) => child.ask('start', env)))
    await untilDrained(redis.url, filled.records)
    const after = { worker: await cpu(), redis: (await redisFacts(redis.url)).cpuMs }
    const log = await checkLog(redis.url)
    if (log.events !== filled.records || log.checksum !== filled.checksum)
      throw new Error(
        `the log holds ${log.events} events (${log.checksum}), ` +
          `expected ${filled.records} (${filled.checksum})`,
      )
    const ms = log.lastAt - log.openedAt
    const perRecord = (used: number): number => (used / filled.records) * 1_000
    return {
      ms,
      perSecond: (filled.records / ms) * 1_000,
      workerCpu: perRecord(after.worker - before.worker),
      redisCpu: perRecord(after.redis - before.redis),
      log,
    }
  })
}

async function untilDrained(url: string, records: number): Promise<void> {
  await withRedis(url, async (redis) => {
    let length = 0
    let movedAt = now()
    while (length <= records) {
      await Bun.sleep(LOOK_EVERY_MS)
      const held = await redis.xlen(FEED)
      if (held !== length) movedAt = now()
      else if (now() - movedAt > STALLED_MS)
        throw new Error(`the drain stands still at ${held} entries of ${records} events`)
      length = held
    }
  })
}
