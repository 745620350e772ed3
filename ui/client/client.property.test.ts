import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CLOSE_CODES } from '../../server/protocol/close-codes'
import { foldInto } from '../../server/protocol/fold'
import type { Order } from '../../server/protocol/order'
import { createClient, memoryStorage, type Client } from './index'
import { HEARTBEAT_MS, ModelServer } from './testing/model-server'
import { createVirtualClock, settled } from './testing/virtual-clock'

/** An app that shows what the client tells it, and checks the laws while it does. */
class App {
  readonly shown = new Map<string, Order>()
  /** Ids applied since the last snapshot, and the cursor of that. */
  applied: string[] = []
  from = ''

  watch(client: Client): void {
    client.on('snapshot', ({ items, cursor }) => {
      if (cursor === null) return items.forEach((order) => foldInto(this.shown, order))
      this.shown.clear()
      for (const order of items) this.shown.set(order.orderId, order)
      this.applied = []
      this.from = cursor
    })
    for (const event of ['order:created', 'order:updated', 'order:cancelled'] as const) {
      client.on(event, (order, { id }) => {
        foldInto(this.shown, order)
        this.applied.push(id)
      })
    }
    client.on('error', (problem) => {
      if (problem.source === 'app' || problem.source === 'server') throw problem.error
    })
  }
}

class World {
  readonly server = new ModelServer()
  readonly clock = createVirtualClock()
  readonly storage = memoryStorage()
  app = new App()
  client = this.#start()

  #start(): Client {
    const { app } = this
    const client = createClient({
      url: 'ws://model/ws',
      token: async () => 'token',
      subject: 'alice',
      snapshot: () => this.server.snapshot(),
      storage: this.storage,
      keep: { orders: () => ({ items: [...app.shown.values()] }) },
      seams: {
        openSocket: this.server.openSocket,
        clock: this.clock,
        random: () => 0.5,
        wakeUps: () => () => {},
      },
    })
    app.watch(client)
    client.subscribe('orders')
    client.connect()
    return client
  }

  /** The page is loaded again; whether the one before could still write is up to the browser. */
  reload(tidily: boolean): void {
    if (tidily) this.client.close()
    else this.server.end(CLOSE_CODES.goingAway)
    const before = this.client
    this.app = new App()
    this.client = this.#start()
    if (!tidily) before.close()
  }

  /** Law 3 and 4, at every moment: each entry after the snapshot once, in log order, up to the cursor. */
  check(): void {
    const { log } = this.server
    const place = this.client.place('orders')
    const from = log.indexOf(this.app.from)
    // What was applied of a log that is lost by now cannot be compared with the one there is.
    if (!place || from === -1) return
    const ids = (to: number) =>
      log.entries
        .slice(from + 1, to + 1)
        .filter(({ order }) => order)
        .map(({ id }) => id)
    const { applied } = this.app
    expect(applied).toEqual(ids(applied.length > 0 ? log.indexOf(applied.at(-1)!) : from))
    expect(applied).toEqual(ids(log.indexOf(place.cursor)))
    expect(place.last === null || place.last === log.everLastAtOrBefore(place.cursor)).toBe(true)
  }

  /** No more faults: everything arrives, and time passes. */
  async recover(): Promise<void> {
    this.server.loseNext(0)
    this.server.doubleNext(0)
    this.server.failSnapshots(0)
    this.server.refilled()
    for (let round = 0; round < 200; round++) {
      await settled()
      this.server.deliver(Infinity)
      this.check()
      if (round % 3 === 2) {
        this.server.heartbeat()
        await this.clock.advance(HEARTBEAT_MS)
      }
      const { log } = this.server
      const done =
        this.client.state.status === 'live' && this.client.place('orders')?.cursor === log.position
      if (done && this.server.idle) return
    }
  }
}

type Step = (world: World) => void | Promise<void>

const orderId = fc.constantFrom('a', 'b', 'c')
const few = fc.integer({ min: 1, max: 3 })

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: orderId.map(
      (id): Step =>
        ({ server }) =>
          server.append(id),
    ),
  },
  {
    weight: 8,
    arbitrary: few.map(
      (count): Step =>
        ({ server }) =>
          server.deliver(count),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Step>(({ server }) => server.deliver(Infinity)) },
  { weight: 4, arbitrary: fc.constant<Step>(({ clock }) => clock.advance(HEARTBEAT_MS)) },
  { weight: 2, arbitrary: fc.constant<Step>(({ clock }) => clock.advance(10 * HEARTBEAT_MS)) },
  { weight: 3, arbitrary: fc.constant<Step>(({ server }) => server.heartbeat()) },
  { weight: 2, arbitrary: fc.constant<Step>(({ server }) => server.log.beat()) },
  { weight: 2, arbitrary: fc.constant<Step>(({ server }) => server.end(CLOSE_CODES.abnormal)) },
  { weight: 2, arbitrary: fc.constant<Step>(({ server }) => server.end(CLOSE_CODES.resume)) },
  {
    weight: 3,
    arbitrary: few.map(
      (count): Step =>
        ({ server }) =>
          server.loseNext(count),
    ),
  },
  {
    weight: 3,
    arbitrary: few.map(
      (count): Step =>
        ({ server }) =>
          server.doubleNext(count),
    ),
  },
  {
    weight: 1,
    arbitrary: few.map(
      (count): Step =>
        ({ server }) =>
          server.failSnapshots(count),
    ),
  },
  {
    weight: 2,
    arbitrary: few.map(
      (count): Step =>
        ({ server }) =>
          server.log.trim(count),
    ),
  },
  {
    weight: 1,
    arbitrary: orderId.map(
      (id): Step =>
        ({ server }) =>
          server.gap(id),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(({ server }) => server.loseLog(CLOSE_CODES.resume)) },
  { weight: 1, arbitrary: fc.constant<Step>(({ server }) => server.restartWithoutLog()) },
  { weight: 1, arbitrary: fc.constant<Step>(({ server }) => server.refilled()) },
  { weight: 1, arbitrary: fc.constant<Step>(({ server }) => server.garble()) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (tidily): Step =>
        (world) =>
          world.reload(tidily),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>(({ client }) => {
      client.unsubscribe('orders')
      client.subscribe('orders')
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>(({ client }) => {
      client.close()
      client.connect()
    }),
  },
)

test('whatever is cut, lost, doubled or trimmed: each entry once, in order, and in the end all of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEPS, { maxLength: 80, size: 'max' }), async (steps) => {
      const world = new World()
      for (const run of steps) {
        await run(world)
        await settled()
        world.check()
      }
      await world.recover()
      expect(world.client.state).toMatchObject({ status: 'live', channels: { orders: 'live' } })
      expect(world.app.shown).toEqual(world.server.log.table)
      world.client.close()
    }),
    { numRuns: 1_000 },
  )
}, 60_000)
