import { openRedisLog } from '../../../server/event-log/event-log.redis'
import type { Checkpoint, SourceRecord } from '../../../server/event-log/event-log'
import { createLogger } from '../../../server/lib/logger'
import type { Bench } from '../lib/bench'
import { redisFacts, withRedis } from '../lib/redis-facts'
import type { Figure, Report } from '../lib/report'
import type { Services } from '../lib/services'

const AT_MOST = 500
const EVENTS_OF_CUSTOMER = [1, 3, 10] as const
const PAYLOAD_BYTES = 235
/** Written before the count begins: they pay for what does not grow. */
const BEFORE = 1_000
const BATCH = 500
const SETTLE_MS = 100
const SETTLE_TRIES = 100

/** What an event takes of Redis' memory: entry, customer's newest, checkpoint; all of it. */
export async function redisMemory(bench: Bench, services: Services): Promise<Report> {
  const figures: Figure[] = []
  for (const each of EVENTS_OF_CUSTOMER) {
    const ours: number[] = []
    const peers: number[] = []
    for (let run = 0; run < bench.scale.runs; run++) {
      ours.push(await measure(services, bench.scale.memoryEvents, (url) => openLog(url, each)))
      peers.push(await measure(services, bench.scale.memoryEvents, async (url) => openBare(url)))
    }
    bench.progress(`memory of Redis, ${each} events a customer: ${ours.join(', ')} bytes an event`)
    figures.push({
      name: `memory of Redis: ${PAYLOAD_BYTES} B of payload, ${each} a customer`,
      unit: 'bytes/event',
      peer: 'XADD of the payload alone',
      ours,
      peers,
      limit: { atMost: AT_MOST, of: 'ours' },
      delivered: null,
      expected: null,
    })
  }
  return { figures, notes: [] }
}

interface Writer {
  write(events: number): Promise<void>
  close(): Promise<void>
}

async function measure(
  services: Services,
  events: number,
  open: (url: string) => Promise<Writer>,
): Promise<number> {
  const redis = await services.startRedis()
  try {
    const writer = await open(redis.url)
    await writer.write(BEFORE)
    const before = await settledMemory(redis.url)
    await writer.write(events)
    const after = await settledMemory(redis.url)
    await writer.close()
    return (after - before) / events
  } finally {
    await redis.stop()
  }
}

/** Buffers of the append-only file and of clients come and go: the least of what is seen. */
async function settledMemory(url: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let same = 0, tries = 0; same < 10 && tries < SETTLE_TRIES; tries++) {
    const { usedMemory } = await redisFacts(url)
    same = usedMemory < least ? 0 : same + 1
    least = Math.min(least, usedMemory)
    await Bun.sleep(SETTLE_MS)
  }
  return least
}

async function openLog(url: string, eventsOfCustomer: number): Promise<Writer> {
  const log = await openRedisLog({
    settings: { url, name: 'orderwire', ca: null },
    retentionMs: 3_600_000,
    retentionMaxEntries: 10_000_000,
    logger: createLogger('warn'),
  })
  await log.open(new Map())
  let known: Checkpoint | null = null
  let next = 0
  let customer = ''
  return {
    async write(events) {
      const end = next + events
      while (next < end) {
        const records: SourceRecord[] = []
        for (; records.length < BATCH && next < end; next++) {
          if (next % eventsOfCustomer === 0) customer = crypto.randomUUID()
          const event = { name: 'updated' as const, customer, data: payloadOf(next), staffOnly: '' }
          const fingerprint = Bun.hash.xxHash64(event.data).toString(16).padStart(16, '0')
          records.push({ offset: next, fingerprint, event, committedAt: Date.now() - (next % 50) })
        }
        const batch = { partition: 'order.updated-0', expected: known, records }
        const [outcome] = await log.append([batch])
        if (outcome?.outcome !== 'appended') throw new Error('the log rewound the benchmark')
        known = outcome.checkpoint
      }
    },
    close: () => log.close(),
  }
}

function openBare(url: string): Writer {
  let next = 0
  return {
    write: (events) =>
      withRedis(url, async (redis) => {
        for (let left = events; left > 0; left -= BATCH) {
          const pipeline = redis.pipeline()
          for (let add = 0; add < Math.min(BATCH, left); add++)
            pipeline.xadd('bare', '*', 'b', payloadOf(next++))
          await pipeline.exec()
        }
      }),
    close: () => Promise.resolve(),
  }
}

function payloadOf(index: number): string {
  const data = JSON.stringify({ orderId: `o-${index}`, version: 1, filling: '' })
  return data.replace('""', `"${'x'.repeat(PAYLOAD_BYTES - data.length)}"`)
}
