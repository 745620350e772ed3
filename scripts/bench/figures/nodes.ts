import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { environmentOf, topicsOf } from '../lib/distributed'
import { latencyOf } from '../lib/latency'
import type { Latency } from '../lib/latency'
import type { Child } from '../lib/process'
import type { Figure, Report } from '../lib/report'
import { withServices } from '../lib/services'
import type { Services } from '../lib/services'
import { formatNumber } from '../lib/table'
import type { LoadCommands } from '../load'
import type { LogWriterCommands } from '../servers/log-writer'
import type { OrderwireCommands } from '../servers/orderwire'
import { fill } from './mirror'
import { drain } from './mirror-run'
import type { Filled } from './mirror-run'

const EVENTS_PER_TICK = [1, 32] as const
const TICKS_IN_FLIGHT = 8
const PER_SECOND = 200
/** On each node: they note arrival times. */
const PROBES_EACH = 2
const SETTLE_MS = 300

/** Two workers and two servers beside one: what does another node bring on this machine? */
export function nodes(bench: Bench): Promise<Report> {
  return withServices(async (services) => {
    const figures = [await workers(bench, services)]
    for (const eventsPerTick of EVENTS_PER_TICK)
      figures.push(await servers(bench, services, eventsPerTick))
    figures.push(...(await latencies(bench, services)))
    return { figures, notes: [] }
  })
}

type Pair = readonly [two: number[], one: number[]]

async function interleave(
  bench: Bench,
  name: string,
  measure: (count: number) => Promise<number>,
): Promise<Pair> {
  const pair: Pair = [[], []]
  for (let run = 0; run < bench.scale.runs; run++) {
    pair[0].push(await measure(2))
    pair[1].push(await measure(1))
    const [two, one] = pair.map((values) => formatNumber(values[run]!))
    bench.progress(`${name} run ${run + 1}: two ${two}, one ${one}`)
  }
  return pair
}

function figureOf(name: string, unit: string, peer: string, [ours, peers]: Pair): Figure {
  return { name, unit, peer, ours, peers, limit: null, delivered: null, expected: null }
}

async function workers(bench: Bench, services: Services): Promise<Figure> {
  const filled = await fill(bench, services, 'whole')
  const pair = await interleave(bench, 'two workers', (count) =>
    drainWith(bench, services, filled, count),
  )
  return figureOf('two workers: drain of a backlog', 'records/s', 'one worker', pair)
}

async function drainWith(bench: Bench, services: Services, filled: Filled, count: number) {
  const redis = await services.startRedis()
  try {
    return (await drain(bench, services, redis, filled, count)).perSecond
  } finally {
    await redis.stop()
  }
}

async function servers(bench: Bench, services: Services, eventsPerTick: number): Promise<Figure> {
  const name = `two servers: board, ${eventsPerTick} an append`
  const pair = await interleave(bench, name, (count) =>
    withNodes(bench, services, count, (nodes) => fanOut(bench, nodes, eventsPerTick)),
  )
  return figureOf(name, 'deliveries/s', 'one server', pair)
}

async function latencies(bench: Bench, services: Services): Promise<readonly Figure[]> {
  const two: Latency[] = []
  const one: Latency[] = []
  const measure = (count: number): Promise<Latency> =>
    withNodes(bench, services, count, (nodes) => latency(bench, nodes))
  for (let run = 0; run < bench.scale.runs; run++) {
    two.push(await measure(2))
    one.push(await measure(1))
    bench.progress(
      `two servers, latency run ${run + 1}: p50 ${two[run]!.p50.toFixed(2)} ms, ` +
        `of one ${one[run]!.p50.toFixed(2)} ms`,
    )
  }
  return (['p50', 'p99'] as const).map((quantile) => {
    const values: Pair = [two.map((run) => run[quantile]), one.map((run) => run[quantile])]
    return figureOf(`two servers: log → browser ${quantile}`, 'ms', 'one server', values)
  })
}

interface Nodes {
  readonly ports: readonly number[]
  readonly load: Child<LoadCommands>
  readonly writer: Child<LogWriterCommands>
  readonly pacerPort: number
}

/** Servers on one log, and what writes into it; the board's sockets are spread over all of them. */
function withNodes<T>(
  bench: Bench,
  services: Services,
  count: number,
  work: (nodes: Nodes) => Promise<T>,
): Promise<T> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const redis = keep(await services.startRedis())
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const writer = keep(await spawnBench<LogWriterCommands>('servers/log-writer.ts'))
      const { pacerPort } = await writer.ask('start', redis.url)
      const env = environmentOf(services, redis.url, topicsOf('nodes'))
      const ports: number[] = []
      for (let node = 0; node < count; node++) {
        const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
        ports.push((await server.ask('start', { dataDir: `${dataDir}/${node}`, env })).port)
      }
      return work({ ports, load, writer, pacerPort })
    }),
  )
}

async function connect({ load, ports }: Nodes, sockets: number): Promise<void> {
  for (const [node, port] of ports.entries()) {
    await load.ask('connect', {
      ...{ protocol: 'orderwire', port, secret: SECRET, channel: 'admin' },
      ...{ subjects: sockets / ports.length, firstSubject: node * sockets, socketsEach: 1 },
    })
  }
}

/** Deliveries a second; rejects unless each event reached each socket. */
async function fanOut({ scale }: Bench, nodes: Nodes, eventsPerTick: number): Promise<number> {
  const { load, writer, pacerPort } = nodes
  await connect(nodes, scale.boardSockets)
  await load.ask('readDirectly')
  const order = {
    ...{ audience: 'board' as const, customers: scale.customers, eventsPerTick, padding: 0 },
    ...{ deliveriesPerTick: eventsPerTick * scale.boardSockets, ticksInFlight: TICKS_IN_FLIGHT },
    ...{ durationMs: scale.measureMs, leastTicks: 0 },
  }
  await load.ask('report', pacerPort, (order.deliveriesPerTick * TICKS_IN_FLIGHT) / 4)
  const warmUp = await writer.ask('publish', { ...order, durationMs: scale.warmUpMs })
  const { expected, elapsedMs } = await writer.ask('publish', order)
  await Bun.sleep(SETTLE_MS)
  const { deliveries } = await load.ask('counters')
  if (deliveries !== warmUp.expected + expected)
    throw new Error(`delivered ${deliveries}, expected ${warmUp.expected + expected}`)
  return (expected / elapsedMs) * 1_000
}

/** From the append of an event to its arrival at probes on all nodes. */
async function latency({ scale }: Bench, nodes: Nodes): Promise<Latency> {
  const { load, writer, ports } = nodes
  await connect(nodes, scale.boardSockets / 10)
  for (const port of ports)
    for (let probe = 0; probe < PROBES_EACH; probe++) await load.ask('openProbe', port, SECRET)
  await writer.ask('schedule', PER_SECOND, PER_SECOND)
  await Bun.sleep(SETTLE_MS)
  const sent = await writer.ask('schedule', PER_SECOND, PER_SECOND * scale.pipeSeconds)
  await Bun.sleep(SETTLE_MS)
  const starts = new Map(sent.map(({ orderId, at }) => [orderId, at]))
  return latencyOf(starts, await load.ask('arrivals'))
}
