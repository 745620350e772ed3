import type { Bench } from '../lib/bench'
import { median } from '../lib/median'
import type { Figure, Note, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import { calibrate } from './calibration'
import { bundleForNode, measure } from './fan-out-run'
import type { Case, Run, ServerKind } from './fan-out-run'

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
    notes.push(describeCeiling(which, socketIo, runs))
    notes.push(describeGenerator(which, await calibrate(bench, which), runs))
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

/** Where bare itself is not that much faster, no server on it can be. */
function describeCeiling(which: Case, socketIo: ServerKind, runs: Runs): Note {
  const rate = (kind: ServerKind): number => median(runs.get(kind)!.map((run) => run.perSecond))
  return {
    about: `${which.name}, bare`,
    text: `${(rate('bare') / rate(socketIo)).toFixed(1)} × ${socketIo}`,
  }
}

function describeGenerator(which: Case, perSecond: number, runs: Runs): Note {
  const fastest = Math.max(...[...runs.values()].flat().map((run) => run.perSecond))
  return {
    about: `${which.name}, generator`,
    text:
      `reads ${formatNumber(perSecond)} deliveries/s from a blaster, ` +
      `${formatNumber(perSecond / fastest)} × the fastest run above`,
  }
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
