import { join } from 'node:path'
import type { Bench } from '../lib/bench'
import { OUTPUT, SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import type { Child } from '../lib/process'
import { median } from '../lib/median'
import { sampleFrame, sampleOrder } from '../lib/payload'
import type { Figure, Note, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { LoadCommands } from '../load'
import type { Protocol } from '../load/crowd'
import type { BlasterCommands } from '../servers/blaster'
import type { FanOutCommands, FanOutOrder } from '../servers/fan-out'

type ServerKind = 'ours' | 'hub alone' | 'bare' | 'socket.io on bun' | 'socket.io on node'

interface Case {
  readonly name: string
  readonly audience: 'board' | 'customers'
  readonly eventsPerTick: number
  readonly timesBare: number
  readonly timesSocketIo: number
}

const CASES: readonly Case[] = [
  {
    name: 'board, 1 a tick',
    audience: 'board',
    eventsPerTick: 1,
    timesBare: 0.85,
    timesSocketIo: 2,
  },
  {
    name: 'board, 32 a tick',
    audience: 'board',
    eventsPerTick: 32,
    timesBare: 0.85,
    timesSocketIo: 20,
  },
  {
    name: 'customers, 1 a tick',
    audience: 'customers',
    eventsPerTick: 1,
    timesBare: 0.85,
    timesSocketIo: 2,
  },
  {
    name: 'customers, 32 a tick',
    audience: 'customers',
    eventsPerTick: 32,
    timesBare: 0.85,
    timesSocketIo: 20,
  },
]

/** Deliveries under way at least, and ticks at least: enough to keep a socket's pipe full. */
const IN_FLIGHT_DELIVERIES = 8_000
const IN_FLIGHT_TICKS = 4

interface Run {
  readonly perSecond: number
  readonly delivered: number
  readonly expected: number
  readonly serverCpuPerMillionMs: number
  /** CPU time of the generator over wall time: at 1 it had no room left. */
  readonly generatorShare: number
  readonly bytesPerDelivery: number
  readonly deliveriesPerFrame: number
}

export async function fanOut(bench: Bench): Promise<Report> {
  const bundled = await bundleForNode()
  const figures: Figure[] = []
  const notes: Note[] = []
  for (const which of CASES) {
    const socketIo = await chooseSocketIo(bench, which, bundled, notes)
    const kinds: readonly ServerKind[] = ['ours', 'bare', 'hub alone', socketIo]
    const runs = new Map<ServerKind, Run[]>(kinds.map((kind) => [kind, []]))
    for (let run = 0; run < bench.scale.runs; run++) {
      for (const kind of kinds) {
        const result = await measure(bench, kind, which, bundled)
        runs.get(kind)!.push(result)
        bench.progress(
          `fan-out ${which.name} run ${run + 1} ${kind}: ${formatNumber(result.perSecond)} deliveries/s`,
        )
      }
    }
    figures.push(
      compare(which, runs, { ours: 'ours', peer: 'bare' }, { atLeast: which.timesBare }),
      compare(which, runs, { ours: 'hub alone', peer: 'bare' }, { atLeast: which.timesBare }),
      compare(which, runs, { ours: 'ours', peer: socketIo }, { atLeast: which.timesSocketIo }),
      compareCpu(which, runs, 'ours'),
      compareCpu(which, runs, 'hub alone'),
    )
    notes.push(await calibrate(bench, which, runs))
    for (const kind of kinds) notes.push(describeRuns(which, kind, runs.get(kind)!))
  }
  return { figures, notes }
}

type Runs = ReadonlyMap<ServerKind, readonly Run[]>

function compare(
  which: Case,
  runs: Runs,
  kinds: { readonly ours: ServerKind; readonly peer: ServerKind },
  limit: Figure['limit'],
): Figure {
  const ours = runs.get(kinds.ours)!
  const peers = runs.get(kinds.peer)!
  const sum = (key: 'delivered' | 'expected'): number =>
    [...ours, ...peers].reduce((total, run) => total + run[key], 0)
  return {
    name: `fan-out: ${which.name}${suffixOf(kinds.ours)}`,
    unit: 'deliveries/s',
    peer: kinds.peer,
    ours: ours.map((run) => run.perSecond),
    peers: peers.map((run) => run.perSecond),
    limit,
    delivered: sum('delivered'),
    expected: sum('expected'),
  }
}

/** The server's own work, which neither the generator nor a busy machine changes much. */
function compareCpu(which: Case, runs: Runs, kind: ServerKind): Figure {
  const cpuOf = (of: ServerKind): number[] => runs.get(of)!.map((run) => run.serverCpuPerMillionMs)
  return {
    name: `server CPU: ${which.name}${suffixOf(kind)}`,
    unit: 'ms/million deliveries',
    peer: 'bare',
    ours: cpuOf(kind),
    peers: cpuOf('bare'),
    limit: null,
    delivered: null,
    expected: null,
  }
}

function suffixOf(kind: ServerKind): string {
  return kind === 'ours' ? '' : `, ${kind}`
}

function describeRuns(which: Case, kind: ServerKind, runs: readonly Run[]): Note {
  const middle = (key: keyof Run): number => median(runs.map((run) => run[key]))
  return {
    about: `${which.name}, ${kind}`,
    text:
      `server CPU ${formatNumber(middle('serverCpuPerMillionMs'))} ms a million deliveries, ` +
      `generator busy ${Math.round(middle('generatorShare') * 100)} %, ` +
      `${formatNumber(middle('bytesPerDelivery'))} bytes a delivery, ` +
      `${formatNumber(middle('deliveriesPerFrame'))} deliveries a frame`,
  }
}

function measure(bench: Bench, kind: ServerKind, which: Case, bundled: string): Promise<Run> {
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
      }
      await load.ask('report', pacerPort, (deliveriesPerTick * order.ticksInFlight) / 4)
      await server.ask('publish', { ...order, durationMs: scale.warmUpMs })
      const before = await load.ask('counters')
      const { expected, elapsedMs, serverCpuMs } = await server.ask('publish', order)
      const after = await load.ask('counters')
      await Bun.sleep(100)
      const settled = await load.ask('counters')
      const delivered = settled.deliveries - before.deliveries
      if (delivered !== expected)
        throw new Error(`${which.name}, ${kind}: delivered ${delivered}, expected ${expected}`)
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

/** The runtime on which Socket.IO is faster for this case, by one run on each. */
async function chooseSocketIo(
  bench: Bench,
  which: Case,
  bundled: string,
  notes: Note[],
): Promise<ServerKind> {
  const onBun = await measure(bench, 'socket.io on bun', which, bundled)
  if (!Bun.which('node')) return 'socket.io on bun'
  const onNode = await measure(bench, 'socket.io on node', which, bundled)
  notes.push({
    about: `${which.name}, Socket.IO`,
    text: `the faster runtime is the peer: ${formatNumber(onBun.perSecond)} deliveries/s on Bun, ${formatNumber(onNode.perSecond)} on Node`,
  })
  return onNode.perSecond > onBun.perSecond ? 'socket.io on node' : 'socket.io on bun'
}

/** What the generator reads from a server that only writes prepared bytes, in frames of this case. */
async function calibrate(bench: Bench, which: Case, runs: Runs): Promise<Note> {
  const perSecond = await withChildren(async (keep) => {
    const load = keep(await spawnBench<LoadCommands>('load.ts'))
    const blaster = keep(await spawnBench<BlasterCommands>('servers/blaster.ts'))
    await load.ask('connect', {
      protocol: 'orderwire',
      port: await blaster.ask('port'),
      secret: SECRET,
      channel: 'admin',
      subjects: bench.scale.boardSockets,
      firstSubject: 0,
      socketsEach: 1,
    })
    await load.ask('readDirectly')
    const together = which.audience === 'board' ? which.eventsPerTick : 1
    const orders = Array.from({ length: together }, (_, index) =>
      sampleOrder(index, 'customer-00001'),
    )
    const before = await load.ask('counters')
    const frames = await blaster.ask('blast', sampleFrame('admin', 100_000, orders), 4_000_000)
    const expected = frames * together * bench.scale.boardSockets
    for (;;) {
      const { deliveries, at } = await load.ask('counters')
      if (deliveries - before.deliveries >= expected) return (expected / (at - before.at)) * 1_000
      await Bun.sleep(10)
    }
  })
  const fastest = Math.max(...[...runs.values()].flat().map((run) => run.perSecond))
  return {
    about: `${which.name}, generator`,
    text:
      `reads ${formatNumber(perSecond)} deliveries/s from a blaster, ` +
      `${formatNumber(perSecond / fastest)} × the fastest run above`,
  }
}

/** Node reads no TypeScript: the same file, bundled. */
async function bundleForNode(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, '../servers/socket-io.ts')],
    target: 'node',
    format: 'esm',
    external: ['socket.io'],
    outdir: OUTPUT,
    naming: 'socket-io.mjs',
  })
  if (!built.success)
    throw new AggregateError(built.logs, 'Socket.IO could not be bundled for Node')
  return join(OUTPUT, 'socket-io.mjs')
}
