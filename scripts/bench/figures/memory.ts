import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { openFilesLimit } from '../lib/machine'
import { slope } from '../lib/median'
import type { Figure, Note, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { LoadCommands } from '../load'
import type { ChannelName } from '../load/session'
import type { BareCommands } from '../servers/bare'
import type { OrderwireCommands } from '../servers/orderwire'

const AT_MOST = 1.3
/** Points of the line between fewest and most connections, both included. */
const POINTS = 6
/** Files that a process has open beside its connections. */
const OTHER_FILES = 200

const VARIANTS: readonly { readonly channel: ChannelName; readonly name: string }[] = [
  { channel: 'orders', name: 'memory: idle, a topic each' },
  { channel: 'admin', name: 'memory: idle, one topic' },
]

/** Bytes that one more idle, authenticated, subscribed connection costs the server. */
export async function memory(bench: Bench): Promise<Report> {
  const { memoryTo, runs } = bench.scale
  if (openFilesLimit() < memoryTo + OTHER_FILES)
    throw new Error(
      `${memoryTo} connections need ulimit -n ${memoryTo + OTHER_FILES}, it is ${openFilesLimit()}`,
    )
  const figures: Figure[] = []
  const notes: Note[] = []
  for (const { channel, name } of VARIANTS) {
    const ours: number[] = []
    const peers: number[] = []
    for (let run = 0; run < runs; run++) {
      ours.push(await measure(bench, 'ours', channel))
      peers.push(await measure(bench, 'bare', channel))
      bench.progress(
        `${name} run ${run + 1}: ours ${formatNumber(ours[run]!)}, bare ${formatNumber(peers[run]!)} bytes a connection`,
      )
    }
    figures.push({
      name,
      unit: 'bytes/connection',
      peer: 'bare',
      ours,
      peers,
      limit: { atMost: AT_MOST },
      delivered: null,
      expected: null,
    })
  }
  return { figures, notes }
}

function measure(bench: Bench, kind: 'ours' | 'bare', channel: ChannelName): Promise<number> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const { server, port } = await start(bench, kind, dataDir, keep)
      const { memoryFrom, memoryTo } = bench.scale
      const points: { x: number; y: number }[] = []
      let connected = 0
      for (let point = 0; point < POINTS; point++) {
        const wanted = memoryFrom + ((memoryTo - memoryFrom) * point) / (POINTS - 1)
        await load.ask('connect', {
          protocol: 'orderwire',
          port,
          secret: SECRET,
          channel,
          subjects: wanted - connected,
          firstSubject: connected,
          socketsEach: 1,
        })
        connected = wanted
        points.push({ x: wanted, y: await server.ask('rss') })
      }
      await load.ask('counters')
      return slope(points)
    }),
  )
}

type Keep = <C extends { stop(): Promise<void> }>(child: C) => C

async function start(bench: Bench, kind: 'ours' | 'bare', dataDir: string, keep: Keep) {
  if (kind === 'bare') {
    const server = keep(await spawnBench<BareCommands>('servers/bare.ts'))
    return { server, port: (await server.ask('start')).port }
  }
  const server = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
  return { server, port: (await server.ask('start', { dataDir })).port }
}
