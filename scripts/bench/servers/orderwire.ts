/** The real server, as `server/main.ts` puts it together, with events injected through its log. */
import { loadConfig } from '../../../server/config'
import type { Checkpoint } from '../../../server/event-log/event-log'
import { createLogger } from '../../../server/lib/logger'
import { serve } from '../../../server/main'
import type { Running } from '../../../server/main'
import { formatCursor } from '../../../server/protocol/cursor'
import { answerCommands } from '../lib/commands'
import { cpuMs, now } from '../lib/clock'
import { collectedRss } from '../lib/memory'
import { openPacer } from '../lib/pacer'
import type { PublishRun } from '../lib/pacer'
import { sampleOrder } from '../lib/payload'
import { prepareTicks } from './fan-out'
import type { FanOutOrder } from './fan-out'
import { SETTINGS } from './settings'

const PARTITION = 'bench-0'

const pacer = await openPacer()
let running: Running | null = null
let known: Checkpoint | null = null

function started(): Running {
  if (!running) throw new Error('not started')
  return running
}

/** Appends one group of events to the log; resolves when they are durable, as an order service's. */
async function append(events: readonly { customer: string | null; data: string }[]): Promise<void> {
  const first = (known?.offset ?? -1) + 1
  const records = events.map(({ customer, data }, index) => ({
    offset: first + index,
    fingerprint: 'bench',
    event: { name: 'updated' as const, customer, data, staffOnly: '' },
  }))
  const [outcome] = await started().engine.log.append([
    { partition: PARTITION, expected: known, records },
  ])
  if (outcome?.outcome !== 'appended') throw new Error('the log rewound the benchmark')
  known = outcome.checkpoint
}

const commands = {
  /** @param options.env what chooses the distributed engine; absent: the embedded one */
  async start(options: { dataDir: string; port?: number; env?: Readonly<Record<string, string>> }) {
    const from = now()
    const config = loadConfig({
      ...SETTINGS,
      ...options.env,
      DATA_DIR: options.dataDir,
      REALTIME_PORT: String(options.port ?? 0),
    })
    running = await serve(config, createLogger(config.logLevel))
    const listeningAt = now()
    if (!options.env) known = (await running.engine.log.checkpoints()).get(PARTITION) ?? null
    return { port: running.port, pacerPort: pacer.port, listeningAt, openedMs: listeningAt - from }
  },
  publish(order: FanOutOrder): Promise<PublishRun> {
    const ticks = prepareTicks(order).map((events) =>
      events.map((event) => ({ customer: event.buyerId, data: JSON.stringify(event) })),
    )
    return pacer.publish(order, (tick) => append(ticks[tick % ticks.length]!))
  },
  /** Appends events for nobody in particular, for clients to miss. */
  async append(events: number): Promise<void> {
    for (let index = 0; index < events; index++) {
      const data = JSON.stringify(sampleOrder(index, 'customer-00001'))
      await append([{ customer: 'customer-00001', data }])
    }
  },
  /** The newest entry of the log. */
  async cursor(): Promise<string> {
    const [newest] = await started().engine.log.newest(1, 1)
    return formatCursor(newest!.id, newest!.tag)
  },
  rss: (): Promise<number> => collectedRss(),
  cpuMs,
  async products(): Promise<readonly string[]> {
    return (await started().engine.orders.products()).map((product) => product.id)
  },
  stop: (): Promise<void> => started().stop(),
}

export type OrderwireCommands = typeof commands

answerCommands(commands)
