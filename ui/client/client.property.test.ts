import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CLOSE_CODES } from '../../server/protocol/close-codes'
import { createClient, memoryStorage, type Client } from './index'
import { ModelApp } from './testing/model-app'
import { HEARTBEAT_MS, ModelServer } from './testing/model-server'
import { createVirtualClock, settled } from './testing/virtual-clock'

class World {
  readonly server = new ModelServer()
  readonly clock = createVirtualClock()
  readonly storage = memoryStorage()
  app = new ModelApp()
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
    this.app = new ModelApp()
    this.client = this.#start()
    if (!tidily) before.close()
  }

  check(): void {
    this.app.check(this.client, this.server.log)
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
