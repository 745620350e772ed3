import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { environmentOf, topicsOf } from '../lib/distributed'
import type { Topics } from '../lib/distributed'
import { latencyOf } from '../lib/latency'
import type { Latency } from '../lib/latency'
import type { Child } from '../lib/process'
import type { Services } from '../lib/services'
import type { LoadCommands } from '../load'
import type { BarePipeCommands } from '../servers/bare-pipe'
import type { OrderwireCommands } from '../servers/orderwire'
import type { ProducerCommands } from '../servers/producer'
import type { WorkerCommands } from '../servers/worker'

export const PER_SECOND = 200
export const BOARD_SOCKETS = 100
/** So many of the board's sockets note arrival times; they are spread over the order of joining. */
export const PROBES = 5
const WARM_UP_SECONDS = 2
/** Enough that no order of the schedule waits for a free connection. */
const CONNECTIONS = 500
/** Time for deliveries that are late, and for those that nobody expects. */
const SETTLE_MS = 500

export interface PipeRun extends Latency {
  readonly delivered: number
  readonly expected: number
}

type Keep = <C extends { stop(): Promise<void> }>(child: C) => C

/** Kafka → worker → Redis → server → browser, each a process of its own. */
export async function startOurs(
  bench: Bench,
  services: Services,
  topics: Topics,
  dataDir: string,
  keep: Keep,
): Promise<{ readonly port: number; readonly env: Readonly<Record<string, string>> }> {
  const redis = keep(await services.startRedis())
  const env = environmentOf(services, redis.url, topics)
  const worker = keep(await spawnBench<WorkerCommands>('servers/worker.ts', bench.ours))
  await worker.ask('start', env)
  const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
  const { port } = await server.ask('start', { dataDir, env })
  return { port, env }
}

async function startBare(services: Services, topics: Topics, maxWaitMs: number, keep: Keep) {
  const bare = keep(await spawnBench<BarePipeCommands>('servers/bare-pipe.ts'))
  return bare.ask('start', services.broker, topics, maxWaitMs)
}

/** @param peer how long the bare consumer's fetches wait at the broker; null: ours */
export function measurePipe(
  bench: Bench,
  services: Services,
  peer: number | null,
): Promise<PipeRun> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const topics = topicsOf(`pipe.${crypto.randomUUID().slice(0, 8)}`)
      const producer = keep(await spawnBench<ProducerCommands>('servers/producer.ts'))
      await producer.ask('prepare', services.broker, topics)
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const { port } =
        peer === null
          ? await startOurs(bench, services, topics, dataDir, keep)
          : await startBare(services, topics, peer, keep)
      await openBoard(load, port)
      const order = { broker: services.broker, topics, perSecond: PER_SECOND }
      const warmUp = PER_SECOND * WARM_UP_SECONDS
      await producer.ask('schedule', { ...order, events: warmUp, before: 0 })
      await Bun.sleep(SETTLE_MS)
      const before = await load.ask('counters')
      const events = PER_SECOND * bench.scale.pipeSeconds
      const sent = await producer.ask('schedule', { ...order, events, before: warmUp })
      return collect(load, before.deliveries, new Map(sent.map(({ orderId, at }) => [orderId, at])))
    }),
  )
}

export type RestRoute = 'other node' | 'one process'

/** Placed over REST: by way of everything to a socket on another node, or in the embedded engine. */
export function measureRest(bench: Bench, services: Services, route: RestRoute): Promise<PipeRun> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const spawn = () => spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours)
      const placing = keep(await spawn())
      let watched: number
      let placedAt: number
      if (route === 'one process') {
        watched = placedAt = (await placing.ask('start', { dataDir })).port
      } else {
        const topics = topicsOf(`rest.${crypto.randomUUID().slice(0, 8)}`)
        const { port, env } = await startOurs(bench, services, topics, dataDir, keep)
        watched = port
        placedAt = (await placing.ask('start', { dataDir: `${dataDir}/other`, env })).port
      }
      await openBoard(load, watched)
      const order = {
        ...{ port: placedAt, secret: SECRET, products: await placing.ask('products') },
        ...{ connections: CONNECTIONS, perSecond: PER_SECOND },
      }
      await load.ask('placeOrders', { ...order, orders: PER_SECOND * WARM_UP_SECONDS })
      await Bun.sleep(SETTLE_MS)
      const before = await load.ask('counters')
      const orders = PER_SECOND * bench.scale.pipeSeconds
      const placed = await load.ask('placeOrders', { ...order, orders })
      const starts = new Map(placed.map(({ orderId, dueAt }) => [orderId, dueAt]))
      return collect(load, before.deliveries, starts)
    }),
  )
}

/** Board sockets, some of them probes. */
export async function openBoard(load: Child<LoadCommands>, port: number): Promise<void> {
  const between = (BOARD_SOCKETS - PROBES) / PROBES
  for (let probe = 0; probe < PROBES; probe++) {
    await load.ask('connect', {
      protocol: 'orderwire',
      port,
      secret: SECRET,
      channel: 'admin',
      subjects: between,
      firstSubject: probe * between,
      socketsEach: 1,
    })
    await load.ask('openProbe', port, SECRET)
  }
}

async function collect(
  load: Child<LoadCommands>,
  before: number,
  starts: ReadonlyMap<string, number>,
): Promise<PipeRun> {
  await Bun.sleep(SETTLE_MS)
  const { deliveries } = await load.ask('counters')
  const latency = latencyOf(starts, await load.ask('arrivals'))
  const delivered = deliveries - before + starts.size * PROBES
  const expected = starts.size * BOARD_SOCKETS
  if (delivered !== expected) throw new Error(`delivered ${delivered}, expected ${expected}`)
  return { ...latency, delivered, expected }
}
