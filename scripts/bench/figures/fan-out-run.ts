import { join } from 'node:path'
import type { Bench } from '../lib/bench'
import { OUTPUT, SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import type { Child } from '../lib/process'
import type { LoadCommands } from '../load'
import type { Protocol } from '../load/crowd'
import type { FanOutCommands, FanOutOrder } from '../servers/fan-out'

export type ServerKind = 'ours' | 'hub alone' | 'bare' | 'socket.io on bun' | 'socket.io on node'

export interface Case {
  readonly name: string
  readonly audience: 'board' | 'customers'
  readonly eventsPerTick: number
  readonly timesBare: number
  readonly timesSocketIo: number
}

/**
 * Deliveries under way at least, and ticks at least: more than arrive during the generator's pause,
 * less than a socket's buffers hold.
 */
const IN_FLIGHT_DELIVERIES = 24_000
const IN_FLIGHT_TICKS = 8

/**
 * Every socket first gets an event that is longer than all later ones. The kernel takes the longest
 * segment that a socket has received for a full one and acknowledges full ones sooner: a peer that
 * sends frames of one length only would be at another cost than a server that also sends others.
 */
const FIRST_EVENT_PADDING = 1_024

/** Time for deliveries that nobody expects to show up. */
const SETTLE_MS = 100

export interface Run {
  readonly perSecond: number
  readonly delivered: number
  readonly expected: number
  readonly serverCpuPerMillionMs: number
  /** CPU time of the generator over wall time: at 1 it had no room left. */
  readonly generatorShare: number
  readonly bytesPerDelivery: number
  readonly deliveriesPerFrame: number
}

/** One run of one server with new processes; rejects unless all that was published arrived. */
export function measure(
  bench: Bench,
  kind: ServerKind,
  which: Case,
  bundled: string,
): Promise<Run> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const server = keep(await spawnServer(bench, kind, bundled))
      const { port, pacerPort } = await server.ask('start', { dataDir })
      const { scale } = bench
      const board = which.audience === 'board'
      const socketsEach = board ? 1 : scale.socketsEach
      const protocol: Protocol = kind.startsWith('socket.io') ? 'socket.io' : 'orderwire'
      await load.ask('connect', {
        protocol,
        port,
        secret: SECRET,
        channel: board ? 'admin' : 'orders',
        subjects: board ? scale.boardSockets : scale.customers,
        firstSubject: 0,
        socketsEach,
      })
      await load.ask('readDirectly')
      const deliveriesPerTick = which.eventsPerTick * (board ? scale.boardSockets : socketsEach)
      const order: FanOutOrder = {
        audience: which.audience,
        customers: scale.customers,
        eventsPerTick: which.eventsPerTick,
        deliveriesPerTick,
        ticksInFlight: Math.max(
          IN_FLIGHT_TICKS,
          Math.ceil(IN_FLIGHT_DELIVERIES / deliveriesPerTick),
        ),
        durationMs: scale.measureMs,
        leastTicks: 0,
        padding: 0,
      }
      await load.ask('report', pacerPort, (deliveriesPerTick * order.ticksInFlight) / 4)
      const first = await server.ask('publish', {
        ...order,
        durationMs: 0,
        leastTicks: Math.ceil(scale.customers / which.eventsPerTick),
        padding: FIRST_EVENT_PADDING,
      })
      const warmUp = await server.ask('publish', { ...order, durationMs: scale.warmUpMs })
      const earlier = first.expected + warmUp.expected
      const before = await load.ask('counters')
      const { expected, elapsedMs, serverCpuMs } = await server.ask('publish', order)
      const after = await load.ask('counters')
      await Bun.sleep(SETTLE_MS)
      const settled = await load.ask('counters')
      const delivered = settled.deliveries - before.deliveries
      if (before.deliveries !== earlier || delivered !== expected)
        throw new Error(
          `${which.name}, ${kind}: delivered ${before.deliveries} + ${delivered}, ` +
            `expected ${earlier} + ${expected}`,
        )
      return {
        perSecond: (delivered / elapsedMs) * 1_000,
        delivered,
        expected,
        serverCpuPerMillionMs: (serverCpuMs / delivered) * 1_000_000,
        generatorShare: (after.cpuMs - before.cpuMs) / (after.at - before.at),
        bytesPerDelivery: (after.bytes - before.bytes) / delivered,
        deliveriesPerFrame: delivered / (after.textFrames - before.textFrames),
      }
    }),
  )
}

function spawnServer(
  bench: Bench,
  kind: ServerKind,
  bundled: string,
): Promise<Child<FanOutCommands>> {
  if (kind === 'ours') return spawnBench<FanOutCommands>('servers/orderwire.ts', bench.ours)
  if (kind === 'hub alone') return spawnBench<FanOutCommands>('servers/hub.ts', bench.ours)
  if (kind === 'bare') return spawnBench<FanOutCommands>('servers/bare.ts')
  if (kind === 'socket.io on bun') return spawnBench<FanOutCommands>('servers/socket-io.ts')
  return spawnBench<FanOutCommands>(bundled, { runtime: 'node' })
}

/** Node reads no TypeScript: the same file, bundled. */
export async function bundleForNode(name = 'socket-io'): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, `../servers/${name}.ts`)],
    target: 'node',
    format: 'esm',
    packages: 'external',
    outdir: OUTPUT,
    naming: `${name}.mjs`,
  })
  if (!built.success)
    throw new AggregateError(built.logs, 'Socket.IO could not be bundled for Node')
  return join(OUTPUT, `${name}.mjs`)
}
