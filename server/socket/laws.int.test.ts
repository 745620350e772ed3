import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { LogEntry } from '../event-log/event-log'
import { cursorOf } from '../event-log/entry'
import { compareIds, parseCursor } from '../protocol/cursor'
import { foldInto } from '../protocol/fold'
import type { Order } from '../protocol/order'
import { ModelClient } from '../testing/model-client'
import { eventOf, type SocketServer, startSocketServer } from '../testing/socket-server'

const CUSTOMERS = ['alice', 'bob'] as const

type Step =
  | { readonly do: 'append'; readonly to: readonly number[]; readonly wait: boolean }
  | { readonly do: 'cut' | 'connect' | 'resubscribe'; readonly client: number }
  | { readonly do: 'trim' | 'gap' | 'publish' }

const client = fc.integer({ min: 0, max: 3 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        to: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 }),
        wait: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('cut', 'connect', 'connect', 'resubscribe'),
        client,
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('trim', 'publish', 'publish') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
)

/** A server, all that was logged on it, and clients that follow the protocol to the letter. */
class World {
  readonly logged: LogEntry[] = []
  readonly clients: readonly ModelClient[]
  private version = 0
  private readonly pending: Promise<void>[] = []
  private readonly stopped = new AbortController()

  private constructor(private readonly server: SocketServer) {
    this.clients = [
      ...CUSTOMERS.map((name) => ({ name, channel: 'orders' as const })),
      { name: 'alice', channel: 'orders' as const },
      { name: 'sam', channel: 'admin' as const },
    ].map(
      ({ name, channel }) =>
        new ModelClient({
          channel,
          url: () => server.url,
          token: () => server.token(name, { staff: channel === 'admin' }),
          // The position first, then the state: what is in between comes twice and changes nothing.
          snapshot: () => ({ cursor: server.position(), orders: this.fold(name, channel) }),
        }),
    )
  }

  static async start(windowMaxEntries: number, retentionMaxEntries: number): Promise<World> {
    const server = await startSocketServer({
      hub: { windowMaxEntries, replayMaxEntries: 25, heartbeatMs: 20 },
      socket: { maxFramesPerSecond: 1_000, endOverMs: 20 },
      retentionMaxEntries,
    })
    const world = new World(server)
    const [open] = await server.log.newest(1, 1)
    void world.follow(cursorOf(open!))
    return world
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'append': {
        const events = step.to.map((to) => {
          const customer = CUSTOMERS[to] ?? null
          const order = { orderId: `order-${to}`, version: ++this.version }
          return eventOf(customer, order)
        })
        const done = this.server.appendAll(events)
        this.pending.push(done)
        return step.wait ? done : undefined
      }
      case 'cut':
        return this.clients[step.client]!.cut()
      case 'connect':
        return this.clients[step.client]!.connect()
      case 'resubscribe':
        return this.clients[step.client]!.resubscribe()
      case 'trim':
        return void (await this.server.log.trim())
      case 'publish':
        return this.server.published()
      case 'gap':
        await this.server.log.append([
          { partition: 'p', expected: null, gap: { checkpoint: null } },
        ])
    }
  }

  /** Everything is appended and published, and every client is connected and has what is its own. */
  async settle(): Promise<void> {
    await Promise.all(this.pending)
    await this.server.published()
    for (const one of this.clients) {
      const position = this.server.position()
      while (one.cursor !== position) {
        await one.connect()
        await one.until(() => one.cursor === position || !one.isConnected)
      }
    }
  }

  check(): void {
    const names = ['alice', 'bob', 'alice', 'sam']
    this.clients.forEach((one, at) => {
      const channel = at === 3 ? 'admin' : 'orders'
      expect(one.failures).toEqual([])
      const from = parseCursor(one.startedAt!)!.id
      const expected = this.logged.filter(
        (entry) =>
          entry.kind === 'event' &&
          compareIds(entry.id, from) > 0 &&
          (channel === 'admin' || entry.event.customer === names[at]),
      )
      expect(one.applied).toEqual(expected.map(cursorOf))
      expect(one.orders).toEqual(this.fold(names[at]!, channel))
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((one) => one.cut()))
    this.stopped.abort()
    await this.server.stop()
  }

  private fold(name: string, channel: 'orders' | 'admin'): Map<string, Order> {
    const orders = new Map<string, Order>()
    for (const entry of this.logged) {
      if (entry.kind !== 'event') continue
      const { customer, data } = entry.event
      if (channel === 'admin' || customer === name) foldInto(orders, JSON.parse(data) as Order)
    }
    return orders
  }

  private async follow(after: string): Promise<void> {
    for await (const batch of this.server.log.tail(after, this.stopped.signal)) {
      this.logged.push(...batch)
    }
  }
}

test('a client shows the fold of what was logged, each entry applied once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(6, 1_000),
      async (list, windowMaxEntries, retentionMaxEntries) => {
        const world = await World.start(windowMaxEntries, retentionMaxEntries)
        try {
          for (const step of list) await world.take(step)
          await world.settle()
          world.check()
        } finally {
          await world.stop()
        }
      },
    ),
    { numRuns: 60 },
  )
}, 120_000)
