/**
 * Hub and socket route as in the real server, before a log that only links and tags its entries: the
 * difference to the real server is what storing the events costs.
 */
import { Elysia } from 'elysia'
import { createVerifier } from '../../../server/auth/tokens'
import { loadConfig } from '../../../server/config'
import { buildEvent, buildOpen, cursorOf, headAfter } from '../../../server/event-log/entry'
import type { EventLog, LogEntry } from '../../../server/event-log/event-log'
import { createHub } from '../../../server/hub/hub'
import { createLogger } from '../../../server/lib/logger'
import { socketRoute, websocketOptions } from '../../../server/socket/route'
import { answerCommands } from '../lib/commands'
import { openPacer } from '../lib/pacer'
import type { PublishRun } from '../lib/pacer'
import { prepareTicks } from './fan-out'
import type { FanOutOrder } from './fan-out'
import { SETTINGS } from './settings'

const pacer = await openPacer()
const config = loadConfig({ ...SETTINGS, DATA_DIR: 'unused' })
const logger = createLogger(config.logLevel)

const opening = buildOpen('1', Date.now())
let head = headAfter({ lastEvent: '' }, opening)
const lastOf = new Map<string, string>()
const batches: (readonly LogEntry[])[] = []
let wake = (): void => {}

/** What the hub asks of a log while nobody resumes. */
const log: Pick<EventLog, 'newest' | 'tail' | 'pendingAgeMs'> = {
  newest: () => Promise.resolve([opening]),
  async *tail(_after, signal) {
    while (!signal.aborted) {
      const batch = batches.shift()
      if (batch) yield batch
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  },
  pendingAgeMs: () => 0,
}

function append(events: readonly { customer: string; data: string }[]): void {
  const at = Date.now()
  const batch = events.map(({ customer, data }) => {
    const place = { id: String(Number(head.id) + 1), at, source: `bench@${head.id}` }
    const event = { name: 'updated' as const, customer, data, staffOnly: '' }
    const entry = buildEvent(head, place, event, lastOf.get(customer) ?? '')
    lastOf.set(customer, cursorOf(entry))
    head = headAfter(head, entry)
    return entry
  })
  batches.push(batch)
  wake()
}

const commands = {
  async start() {
    const app = new Elysia({
      serve: { reusePort: false },
      websocket: websocketOptions(config.hub, config.socket),
    })
    const isRevoked = () => false
    const verify = await createVerifier({
      settings: config.auth,
      demoSecret: null,
      isRevoked,
    })
    const hub = createHub({
      log: log as EventLog,
      publish: (topic, text) => void app.server?.publish(topic, text),
      limits: config.hub,
      logger,
    })
    const { plugin } = socketRoute({
      ...{ hub, verify, isRevoked, limits: config.socket, origins: config, logger },
    })
    await hub.start(new AbortController().signal)
    app.use(plugin).listen({ hostname: '127.0.0.1', port: 0 })
    return { port: app.server!.port!, pacerPort: pacer.port }
  },
  publish(order: FanOutOrder): Promise<PublishRun> {
    const ticks = prepareTicks(order).map((events) =>
      events.map((event) => ({ customer: event.buyerId!, data: JSON.stringify(event) })),
    )
    return pacer.publish(order, (tick) => append(ticks[tick % ticks.length]!))
  },
}

answerCommands(commands)
