import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import { createClient, memoryStorage, type Client } from '../index'
import { ChainWitness } from '../testing/chain-witness'
import { LaggingPort } from '../testing/lagging-port'
import { ModelApp } from '../testing/model-app'
import { HEARTBEAT_MS, ModelServer } from '../testing/model-server'
import { createVirtualClock, settled } from '../testing/virtual-clock'
import { createHub } from './hub'

const MAX_TABS = 4

interface ModelTab {
  readonly app: ModelApp
  readonly client: Client
  readonly port: LaggingPort
}

/** A browser whose tabs share a worker, before the server of the client's own property test. */
class World {
  readonly server = new ModelServer()
  readonly clock = createVirtualClock()
  readonly tabs: ModelTab[] = []
  readonly #witness = new ChainWitness()
  readonly #hub = this.#witness.watch(
    createHub({ openSocket: this.server.openSocket, clock: this.clock }),
  )
  readonly #storages = Array.from({ length: MAX_TABS }, memoryStorage)

  /** @param isHonest the server loses and doubles nothing: then each tab is told a chain */
  constructor(private readonly isHonest: boolean) {
    this.open()
  }

  /** A tab begins with a snapshot, or with what one in its place kept: an older cursor. */
  open(): void {
    if (this.tabs.length === MAX_TABS) return
    const app = new ModelApp()
    const port = new LaggingPort(this.#hub)
    const client = createClient({
      url: 'ws://model/ws',
      token: async () => 'token',
      subject: 'alice',
      snapshot: () => this.server.snapshot(),
      storage: this.#storages[this.tabs.length]!,
      keep: { orders: () => ({ items: [...app.shown.values()] }) },
      seams: {
        openSocket: port.openSocket,
        clock: this.clock,
        random: () => 0.5,
        wakeUps: () => () => {},
      },
    })
    app.watch(client)
    client.subscribe('orders')
    client.connect()
    this.tabs.push({ app, client, port })
  }

  close(tidily: boolean): void {
    const tab = this.tabs.pop()
    if (!tab) return
    if (!tidily) tab.port.crash()
    tab.client.close()
    tab.port.deliver(Infinity)
  }

  lose(count: number): void {
    if (!this.isHonest) this.server.loseNext(count)
  }

  double(count: number): void {
    if (!this.isHonest) this.server.doubleNext(count)
  }

  tab(index: number): ModelTab | undefined {
    return this.tabs[index % Math.max(1, this.tabs.length)]
  }

  check(): void {
    if (this.isHonest) expect(this.#witness.findings).toEqual([])
    for (const { app, client } of this.tabs) app.check(client, this.server.log)
  }

  /** What is on its way arrives, and what follows from it; or only beside the shared connection. */
  async flow(where: 'everywhere' | 'beside' = 'everywhere'): Promise<void> {
    for (let round = 0; round < 10; round++) await this.pass(where)
  }

  async pass(where: 'everywhere' | 'beside'): Promise<void> {
    const { server } = this
    for (const { port } of this.tabs) port.deliver(Infinity)
    if (where === 'everywhere') server.deliver(Infinity)
    else if (server.connections > 1) server.deliver(Infinity, server.connections - 1)
    await this.clock.advance(0)
  }

  /** No more faults: everything arrives, and time passes. */
  async recover(): Promise<void> {
    this.server.loseNext(0)
    this.server.doubleNext(0)
    this.server.failSnapshots(0)
    this.server.refilled()
    for (let round = 0; round < 300; round++) {
      await settled()
      await this.pass('everywhere')
      this.check()
      if (round % 3 === 2) {
        this.server.heartbeat()
        await this.clock.advance(HEARTBEAT_MS)
      }
      if (this.isQuiet) return
    }
  }

  /** All have everything, through one connection. */
  get isQuiet(): boolean {
    const { server, tabs } = this
    return (
      server.idle &&
      server.connections === 1 &&
      tabs.every(
        ({ client, port }) =>
          port.isIdle &&
          client.state.status === 'live' &&
          client.place('orders')?.cursor === server.log.position,
      )
    )
  }
}

type Step = (world: World) => void | Promise<void>

const few = fc.integer({ min: 1, max: 3 })
const index = fc.nat({ max: MAX_TABS - 1 })

function step(weight: number, run: Step): fc.WeightedArbitrary<Step> {
  return { weight, arbitrary: fc.constant(run) }
}

function stepWith<Value>(
  weight: number,
  values: fc.Arbitrary<Value>,
  run: (world: World, value: Value) => void | Promise<void>,
): fc.WeightedArbitrary<Step> {
  return {
    weight,
    arbitrary: values.map(
      (value): Step =>
        (world) =>
          run(world, value),
    ),
  }
}

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  stepWith(12, fc.constantFrom('a', 'b', 'c'), ({ server }, id) => server.append(id)),
  stepWith(8, fc.tuple(few, index), ({ server }, [count, at]) => server.deliver(count, at)),
  stepWith(8, fc.tuple(few, index), (world, [count, at]) => world.tab(at)?.port.deliver(count)),
  step(6, (world) => world.flow()),
  // The shared connection lags behind the one beside it.
  step(4, (world) => world.flow('beside')),
  // Comes with a place that only the server knows, and overtakes the shared connection.
  stepWith(6, few, async (world, count) => {
    world.server.log.beat()
    world.open()
    await world.clock.advance(0)
    for (let made = 0; made < count; made++) world.server.append('b')
    await world.flow('beside')
  }),
  step(4, ({ clock }) => clock.advance(HEARTBEAT_MS)),
  step(1, ({ clock }) => clock.advance(10 * HEARTBEAT_MS)),
  step(3, ({ server }) => server.heartbeat()),
  step(5, ({ server }) => server.log.beat()),
  step(6, (world) => world.open()),
  stepWith(2, fc.boolean(), (world, tidily) => world.close(tidily)),
  stepWith(3, index, (world, at) => {
    const client = world.tab(at)?.client
    client?.close()
    client?.connect()
  }),
  stepWith(1, index, (world, at) => {
    const client = world.tab(at)?.client
    client?.unsubscribe('orders')
    client?.subscribe('orders')
  }),
  step(1, ({ server }) => server.end(CLOSE_CODES.abnormal)),
  step(1, ({ server }) => server.endOldest(CLOSE_CODES.resume)),
  stepWith(2, few, (world, count) => world.lose(count)),
  stepWith(2, few, (world, count) => world.double(count)),
  stepWith(2, few, ({ server }, count) => server.log.trim(count)),
  stepWith(1, few, ({ server }, count) => server.failSnapshots(count)),
  step(1, ({ server }) => server.gap('a')),
  step(1, ({ server }) => server.loseLog(CLOSE_CODES.resume)),
  step(1, ({ server }) => server.restartWithoutLog()),
  step(1, ({ server }) => server.refilled()),
  step(1, ({ server }) => server.garble()),
)

test('whatever tabs come and go: each has each entry once, in order, and in the end all through one connection', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(STEPS, { maxLength: 80, size: 'max' }),
      async (isHonest, steps) => {
        const world = new World(isHonest)
        await world.flow()
        for (const run of steps) {
          await run(world)
          await settled()
          world.check()
        }
        if (world.tabs.length === 0) world.open()
        await world.recover()
        expect(world.server.connections).toBe(1)
        for (const { app, client } of world.tabs) {
          expect(client.state).toMatchObject({ status: 'live', channels: { orders: 'live' } })
          expect(app.shown).toEqual(world.server.log.table)
        }
        while (world.tabs.length > 0) world.close(true)
        expect(world.server.connections).toBe(0)
      },
    ),
    { numRuns: 1_000 },
  )
}, 60_000)
