import { freePort } from '../../services/ports'
import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { median } from '../lib/median'
import type { Child } from '../lib/process'
import type { Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { LoadCommands } from '../load'
import type { BareCommands } from '../servers/bare'
import type { OrderwireCommands } from '../servers/orderwire'

const AT_MOST = 1.5
/** Events that are in the log before anybody connects. */
const HISTORY = 100

interface Run {
  /** From the server's listening until the last client was caught up. */
  readonly ms: number
  /** From the start of opening the stores until listening: for ours that loads the window too. */
  readonly openedMs: number
  readonly delivered: number
  readonly generatorShare: number
  /** What the server used in that time. */
  readonly serverCpuMs: number
}

/** All board clients are reset at once, miss events while the server restarts, and come back. */
export async function resume(bench: Bench): Promise<Report> {
  const { runs, resumeClients, resumeEvents } = bench.scale
  const frames = await captureFrames(bench)
  const ours: Run[] = []
  const peers: Run[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(await measureOurs(bench))
    peers.push(await measureBare(bench, frames))
    bench.progress(
      `resume run ${run + 1}: ours ${formatNumber(ours[run]!.ms)} ms, bare ${formatNumber(peers[run]!.ms)} ms`,
    )
  }
  const all = [...ours, ...peers]
  const bytes = frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0)
  return {
    figures: [
      {
        name: `mass resume: ${formatNumber(resumeClients)} clients, ${resumeEvents} events each`,
        unit: 'ms',
        peer: 'bare',
        ours: ours.map(({ ms }) => ms),
        peers: peers.map(({ ms }) => ms),
        limit: { atMost: AT_MOST },
        delivered: all.reduce((sum, { delivered }) => sum + delivered, 0),
        expected: all.length * resumeClients * resumeEvents,
      },
      {
        name: 'server CPU: mass resume',
        unit: 'ms',
        peer: 'bare',
        ours: ours.map(({ serverCpuMs }) => serverCpuMs),
        peers: peers.map(({ serverCpuMs }) => serverCpuMs),
        limit: null,
        delivered: null,
        expected: null,
      },
    ],
    notes: [
      {
        about: 'mass resume',
        text:
          `before it listens ours opens its store and loads the window in ` +
          `${formatNumber(median(ours.map(({ openedMs }) => openedMs)))} ms (not in the clock); ` +
          `${formatNumber(bytes)} bytes in ${frames.length} frames a client, from both the same; ` +
          `generator busy ${percent(ours)} (ours), ${percent(peers)} (bare)`,
      },
    ],
  }
}

function percent(runs: readonly Run[]): string {
  return `${Math.round(median(runs.map(({ generatorShare }) => generatorShare)) * 100)} %`
}

/** What the real server sends to one client that resumes: the bare one sends the same to each. */
function captureFrames(bench: Bench): Promise<string[]> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts'))
      const { port } = await server.ask('start', { dataDir })
      await server.ask('append', HISTORY)
      const cursor = await server.ask('cursor')
      await server.ask('append', bench.scale.resumeEvents)
      return load.ask('captureResume', port, SECRET, cursor)
    }),
  )
}

function measureOurs(bench: Bench): Promise<Run> {
  const { resumeClients: clients, resumeEvents } = bench.scale
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const before = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts'))
      const port = await freePort()
      await before.ask('start', { dataDir, port })
      await before.ask('append', HISTORY)
      await load.ask('connect', {
        protocol: 'orderwire',
        port,
        secret: SECRET,
        channel: 'admin',
        subjects: clients,
        firstSubject: 0,
        socketsEach: 1,
      })
      const cursor = await before.ask('cursor')
      await load.ask('reset')
      await before.ask('append', resumeEvents)
      await before.stop()
      await load.ask('prepareResume', { secret: SECRET, clients, cursor })
      const after = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
      const { listeningAt, openedMs } = await after.ask('start', { dataDir, port })
      return runOf(bench, load, after, { port, listeningAt, openedMs })
    }),
  )
}

/** A bare server that sends each client the very frames that ours sent to one. */
export function measureBare(bench: Bench, frames: readonly string[]): Promise<Run> {
  return withChildren(async (keep) => {
    const load = keep(await spawnBench<LoadCommands>('load.ts'))
    await load.ask('prepareResume', {
      secret: SECRET,
      clients: bench.scale.resumeClients,
      cursor: '1.00000000',
    })
    const server = keep(await spawnBench<BareCommands>('servers/bare.ts'))
    await server.ask('recorded', frames)
    const { port, listeningAt } = await server.ask('start')
    return runOf(bench, load, server, { port, listeningAt, openedMs: 0 })
  })
}

interface Listening {
  readonly port: number
  readonly listeningAt: number
  readonly openedMs: number
}

async function runOf(
  bench: Bench,
  load: Child<LoadCommands>,
  server: Child<Pick<BareCommands, 'cpuMs'>>,
  { port, listeningAt, openedMs }: Listening,
): Promise<Run> {
  const { resumeClients, resumeEvents } = bench.scale
  const resuming = load.ask('resume', port)
  const cpuBefore = await server.ask('cpuMs')
  const { fewest, most, lastCaughtUpAt, generatorShare } = await resuming
  const serverCpuMs = (await server.ask('cpuMs')) - cpuBefore
  if (fewest !== resumeEvents || most !== resumeEvents)
    throw new Error(`clients received ${fewest} to ${most} events, expected ${resumeEvents}`)
  const delivered = resumeClients * resumeEvents
  return { ms: lastCaughtUpAt - listeningAt, openedMs, delivered, generatorShare, serverCpuMs }
}
