/** The peer that only writes: ioredis with pipelines of XADD, of the bytes that our log holds. */
import { Redis } from 'ioredis'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import { withRedis } from '../lib/redis-facts'

export interface AppendOrder {
  readonly url: string
  readonly records: number
  readonly pipeline: number
  readonly pipelinesInFlight: number
}

export interface AppendRun {
  /** From the first command to the last answer. */
  readonly ms: number
  readonly cpuMs: number
}

type Entry = readonly [id: string, fields: readonly string[]]

let entries: readonly (readonly string[])[] = []

const commands = {
  /** Takes the fields of so many entries of a log, to be written over and over. */
  async load(url: string, feed: string, count: number): Promise<void> {
    entries = await withRedis(url, async (redis) => {
      const found = (await redis.xrange(feed, '-', '+', 'COUNT', count + 1)) as unknown as Entry[]
      // The first one only opens the log.
      return found.slice(1).map(([, fields]) => fields)
    })
  },
  async append(order: AppendOrder): Promise<AppendRun> {
    const redis = new Redis(order.url, { enableAutoPipelining: false })
    await redis.ping()
    let next = 0
    const appendAll = async (): Promise<void> => {
      while (next < order.records) {
        const pipeline = redis.pipeline()
        const end = Math.min(next + order.pipeline, order.records)
        for (; next < end; next++) {
          const [version, links, name, bytes] = entries[next % entries.length]!
          pipeline.xadd('bare', '*', version!, links!, name!, bytes!)
        }
        const answers = await pipeline.exec()
        for (const [error] of answers ?? []) if (error) throw error
      }
    }
    const from = { at: now(), cpuMs: cpuMs() }
    await Promise.all(Array.from({ length: order.pipelinesInFlight }, appendAll))
    const run = { ms: now() - from.at, cpuMs: cpuMs() - from.cpuMs }
    const length = await redis.xlen('bare')
    redis.disconnect()
    if (length !== order.records) throw new Error(`${length} entries, expected ${order.records}`)
    return run
  },
}

export type BareAppenderCommands = typeof commands

answerCommands(commands)
