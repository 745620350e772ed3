import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { cursorOf } from '../event-log/entry'
import type { LogEntry } from '../event-log/event-log'
import { compareIds, type Cursor, parseCursor } from '../protocol/cursor'
import { foldInto } from '../protocol/fold'
import type { Order } from '../protocol/order'
import { LogValve } from '../testing/log-valve'
import { ModelClient } from '../testing/model-client'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { openSharedLog, type SharedTestLog } from '../testing/shared-log'
import { eventOf, eventually, type SocketServer, startSocketServer } from '../testing/socket-server'

const CUSTOMERS = ['alice', 'bob'] as const

type Step =
  | { readonly do: 'append'; readonly to: readonly number[] }
  | { readonly do: 'cut' | 'connect'; readonly client: number; readonly node: number }
  | { readonly do: 'hold' | 'release' | 'fail' | 'heal'; readonly node: number }
  | { readonly do: 'beat' | 'gap' }

const node = fc.integer({ min: 0, max: 1 })
const client = fc.integer({ min: 0, max: 3 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        to: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({ do: fc.constantFrom('cut', 'connect', 'connect'), client, node }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('hold', 'release'), node }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('fail', 'heal'), node }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('beat', 'beat', 'gap') }) },
  ),
  { minLength: 10, maxLength: 50 },
)

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis[Symbol.asyncDispose]())

interface NodeOfTest {
  readonly server: SocketServer
  readonly valve: LogValve
}

/** Two nodes on one log, each as fast or slow as it is made, and clients that change between them. */
class World {
  readonly clients: readonly ModelClient[]
  /** The node that each client turns to. */
  private readonly at = [0, 1, 0, 1]
  private version = 0

  private constructor(
    private readonly shared: SharedTestLog,
    private readonly nodes: readonly NodeOfTest[],
    private readonly logged: LogEntry[],
  ) {
    this.clients = [...CUSTOMERS, 'alice', 'sam'].map((name, at) => {
      const channel = at === 3 ? 'admin' : 'orders'
      const current = () => this.nodes[this.at[at]!]!.server
      return new ModelClient({
        channel,
        url: () => current().url,
        token: () => current().token(name, { staff: channel === 'admin' }),
        // The position of whichever node answers; the state is of the tables, which all share.
        snapshot: () => ({ cursor: current().position(), orders: this.written(name, channel) }),
      })
    })
  }

  /** As the tables have it: before it is in the log anywhere. */
  private readonly tables: { customer: string | null; order: Order }[] = []

  static async start(windowMaxEntries: number): Promise<World> {
    const shared = await openSharedLog(redis)
    const start = async (): Promise<NodeOfTest> => {
      const valve = new LogValve(await shared.openFor())
      const server = await startSocketServer({
        hub: { windowMaxEntries, heartbeatMs: 20, aheadWaitMs: 30, expectBeats: true },
        socket: { maxFramesPerSecond: 1_000, endOverMs: 20 },
        wrapLog: () => valve,
      })
      return { server, valve }
    }
    return new World(shared, [await start(), await start()], [])
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        return this.append(step.to)
      case 'cut':
        return this.clients[step.client]!.cut()
      case 'connect':
        this.at[step.client] = step.node
        return this.clients[step.client]!.connect()
      case 'beat':
        return void (await this.shared.log.beat(0, 0))
      case 'gap':
        return void (await this.shared.log.append([
          { partition: 'another', expected: null, gap: { checkpoint: null } },
        ]))
      default:
        return this.nodes[step.node]!.valve[step.do]()
    }
  }

  private async append(to: readonly number[]): Promise<void> {
    const events = to.map((at) => {
      const customer = CUSTOMERS[at] ?? null
      const event = eventOf(customer, { orderId: `order-${at}`, version: ++this.version })
      this.tables.push({ customer, order: JSON.parse(event.data) as Order })
      return event
    })
    await this.shared.append(...events)
  }

  /** Both nodes come through, and every client is connected and has what is its own. */
  async settle(): Promise<void> {
    for (const { valve } of this.nodes) {
      valve.heal()
      valve.release()
    }
    const head = await this.shared.head()
    for (const { server } of this.nodes) {
      await eventually(() => server.hub.position() === head, 15_000)
    }
    for (const one of this.clients) {
      while (one.cursor !== head) {
        await one.connect()
        await one.until(() => one.cursor === head || !one.isConnected)
      }
    }
    this.logged.push(...(await this.shared.log.newest(10_000, 1e9)))
  }

  check(): void {
    const names = [...CUSTOMERS, 'alice', 'sam']
    this.clients.forEach((one, at) => {
      const channel = at === 3 ? 'admin' : 'orders'
      expect(one.failures).toEqual([])
      const from = parseCursor(one.startedAt!)!.id
      const expected: Cursor[] = this.logged
        .filter(
          (entry) =>
            entry.kind === 'event' &&
            compareIds(entry.id, from) > 0 &&
            (channel === 'admin' || entry.event.customer === names[at]),
        )
        .map(cursorOf)
      expect(one.applied).toEqual(expected)
      expect(one.orders).toEqual(this.written(names[at]!, channel))
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((one) => one.cut()))
    for (const { server, valve } of this.nodes) {
      valve.release()
      await server.stop()
    }
    await this.shared.close()
  }

  private written(name: string, channel: 'orders' | 'admin'): Map<string, Order> {
    const orders = new Map<string, Order>()
    for (const { customer, order } of this.tables) {
      if (channel === 'admin' || customer === name) foldInto(orders, order)
    }
    return orders
  }
}

test('whichever nodes a client comes by, it applies each entry once, in order, and shows all', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 12 }), async (list, windowMaxEntries) => {
      const world = await World.start(windowMaxEntries)
      try {
        for (const step of list) await world.take(step)
        await world.settle()
        world.check()
      } finally {
        await world.stop()
      }
    }),
    { numRuns: 15, endOnFailure: true },
  )
}, 120_000)
