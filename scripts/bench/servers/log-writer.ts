/** Writes events into the log in Redis as a worker does, without Kafka: for figures of what follows it. */
import { openRedisLog } from '../../../server/event-log/event-log.redis'
import type { RedisLog } from '../../../server/event-log/event-log.redis'
import type { Checkpoint } from '../../../server/event-log/event-log'
import { createLogger } from '../../../server/lib/logger'
import { formatCursor } from '../../../server/protocol/cursor'
import type { Order } from '../../../server/protocol/order'
import { answerCommands } from '../lib/commands'
import { now } from '../lib/clock'
import { openPacer } from '../lib/pacer'
import type { PublishRun } from '../lib/pacer'
import { sampleOrder } from '../lib/payload'
import { subjectOf } from '../lib/tokens'
import { prepareTicks } from './fan-out'
import type { FanOutOrder } from './fan-out'
import type { Sent } from './producer'

const PARTITION = 'order.updated-0'
/** Events in one append, where nobody waits for each. */
const BATCH = 500

const pacer = await openPacer()
let opened: RedisLog | null = null
let known: Checkpoint | null = null
let events = 0

function log(): RedisLog {
  if (!opened) throw new Error('not started')
  return opened
}

/** Not answered before; what follows expects it, so it may be on its way at the same time. */
async function append(orders: readonly Order[]): Promise<void> {
  const expected = known
  const records = orders.map((order) => {
    const event = {
      name: 'updated' as const,
      customer: order.buyerId,
      data: JSON.stringify(order),
      staffOnly: '',
    }
    return { offset: events++, fingerprint: 'bench', event, committedAt: Date.now() }
  })
  known = { offset: events - 1, fingerprint: 'bench' }
  const [outcome] = await log().append([{ partition: PARTITION, expected, records }])
  if (outcome?.outcome !== 'appended') throw new Error('the log rewound the benchmark')
}

const commands = {
  /** Opens the log, which must be empty. */
  async start(url: string): Promise<{ readonly pacerPort: number }> {
    opened = await openRedisLog({
      settings: { url, name: 'orderwire', ca: null },
      retentionMs: 3_600_000,
      retentionMaxEntries: 10_000_000,
      logger: createLogger('warn'),
    })
    await opened.open(new Map())
    return { pacerPort: pacer.port }
  },
  /** Events of so many customers in turns. */
  async append(count: number, customers: number): Promise<void> {
    for (let left = count; left > 0; left -= BATCH) {
      const size = Math.min(left, BATCH)
      await append(
        Array.from({ length: size }, (_, index) => {
          const event = events + index
          return sampleOrder(event, subjectOf('customer', event % customers))
        }),
      )
    }
  },
  /** The newest entry of the log. */
  async cursor(): Promise<string> {
    const [newest] = await log().newest(1, 1)
    return formatCursor(newest!.id, newest!.tag)
  },
  /** As fast as the readers take it; a tick is one append. */
  publish(order: FanOutOrder): Promise<PublishRun> {
    const ticks = prepareTicks(order)
    return pacer.publish(order, (tick) => append(ticks[tick % ticks.length]!))
  },
  /** On a fixed schedule, each event in an append of its own. */
  async schedule(perSecond: number, count: number): Promise<readonly Sent[]> {
    const sent: Sent[] = []
    const running: Promise<void>[] = []
    const startAt = now()
    for (let index = 0; index < count; index++) {
      const early = startAt + (index * 1_000) / perSecond - now()
      if (early > 1) await Bun.sleep(early)
      const order = sampleOrder(events, subjectOf('customer', events % 1_000))
      sent.push({ orderId: order.orderId, at: now() })
      running.push(append([order]))
    }
    await Promise.all(running)
    return sent
  },
}

export type LogWriterCommands = typeof commands

answerCommands(commands)
