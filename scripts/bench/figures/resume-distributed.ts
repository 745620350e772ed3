import type { Bench, Scale } from '../lib/bench'
import { findCentrifugo } from '../lib/centrifugo'
import { median } from '../lib/median'
import type { Figure, Note, Report } from '../lib/report'
import { withServices } from '../lib/services'
import type { Services } from '../lib/services'
import { formatNumber } from '../lib/table'
import { bundleForNode } from './fan-out-run'
import { measureBare } from './resume'
import {
  captureOurs,
  measureCentrifugo,
  measureOurs,
  measureSocketIo,
} from './resume-distributed-run'
import type { Case, Run } from './resume-distributed-run'

const CENTRIFUGO_AT_LEAST = 3
const COMMANDS_AT_MOST = 0.02
const MISSED_OF_CUSTOMER = 4
/** Events in the log before anybody connects. */
const HISTORY = 100

interface Compared extends Case {
  /** Times as fast as Socket.IO at least; null: told without a limit. */
  readonly atLeast: number | null
  readonly peerRuns: number
}

function casesOf(scale: Scale): readonly Compared[] {
  const { resumeClients: clients, resumeEvents, resumeLogEvents, resumeCustomers } = scale
  const slowPeerRuns = Math.min(scale.runs, scale.slowPeerRuns)
  const missedEach = MISSED_OF_CUSTOMER
  // The last four of everybody, or four of each where that is all that the log holds.
  const ofFew = missedEach * resumeCustomers
  const ofMany = resumeLogEvents / missedEach
  return [
    {
      name: `board, ${resumeEvents} events each`,
      ...{ clients, customers: null, customersInLog: resumeCustomers },
      ...{ history: HISTORY, missed: resumeEvents, missedEach: resumeEvents },
      ...{ atLeast: 20, peerRuns: scale.runs },
    },
    {
      name: `${resumeCustomers} customers, ${missedEach} of ${formatNumber(resumeLogEvents)} events each`,
      ...{ clients: resumeCustomers, customers: resumeCustomers, customersInLog: ofMany },
      ...{ history: HISTORY, missed: resumeLogEvents, missedEach },
      ...{ atLeast: 200, peerRuns: slowPeerRuns },
    },
    {
      name: `four clients of each of ${resumeCustomers} customers, ${missedEach} of ${formatNumber(ofFew)} events each`,
      ...{ clients, customers: resumeCustomers, customersInLog: resumeCustomers },
      ...{ history: resumeLogEvents - ofFew, missed: ofFew, missedEach },
      ...{ atLeast: null, peerRuns: slowPeerRuns },
    },
  ]
}

/** Everybody comes back at once to a server that was killed and started again. */
export function resumeDistributed(bench: Bench): Promise<Report> {
  return withServices(async (services) => {
    const reports: Report[] = []
    for (const which of casesOf(bench.scale)) reports.push(await compare(bench, services, which))
    reports.push(await compareBare(bench, services, casesOf(bench.scale)[0]!))
    return {
      figures: reports.flatMap(({ figures }) => figures),
      notes: reports.flatMap(({ notes }) => notes),
    }
  })
}

async function compare(bench: Bench, services: Services, which: Compared): Promise<Report> {
  const peer = await chooseRuntime(services, which)
  const centrifugo = findCentrifugo()
  const ours: Run[] = []
  const peers: Run[] = []
  const other: Run[] = []
  for (let run = 0; run < bench.scale.runs; run++) {
    ours.push(await measureOurs(bench, services, which))
    bench.progress(`resume, ${which.name}, run ${run + 1}: ours ${formatNumber(ours[run]!.ms)} ms`)
    if (centrifugo !== null) {
      other.push(await measureCentrifugo(services, which, centrifugo))
      bench.progress(`… Centrifugo ${formatNumber(other[run]!.ms)} ms`)
    }
    if (run >= which.peerRuns) continue
    peers.push(await measureSocketIo(services, which, peer))
    bench.progress(`resume, ${which.name}, run ${run + 1}: peer ${formatNumber(peers[run]!.ms)} ms`)
  }
  const received = (ours.length + peers.length) * which.clients * which.missedEach
  const rate = (runs: readonly Run[]) => runs.map(({ ms }) => (which.clients / ms) * 1_000)
  const figure = (name: string, unit: string): Omit<Figure, 'ours' | 'peers' | 'limit'> => {
    return { name, unit, peer: peer.name, delivered: null, expected: null }
  }
  const name = `mass resume over Redis: ${which.name}`
  return {
    figures: [
      {
        ...figure(name, 'clients/s'),
        ...{
          ours: rate(ours),
          peers: rate(peers),
          limit: which.atLeast === null ? null : { atLeast: which.atLeast },
        },
        ...{ delivered: received, expected: received },
      },
      ...(other.length === 0
        ? []
        : [
            {
              ...figure(name, 'clients/s'),
              ...{ peer: 'Centrifugo', ours: rate(ours), peers: rate(other) },
              limit: { atLeast: CENTRIFUGO_AT_LEAST },
            },
          ]),
      {
        ...figure(`Redis commands: ${which.name}`, 'commands/client'),
        ours: ours.map(({ commands }) => commands),
        peers: peers.map(({ commands }) => commands),
        limit: { atMost: COMMANDS_AT_MOST, of: 'ours' },
      },
    ],
    notes: [describe(which, ours, peers, other)],
  }
}

/** How near that is to what the same bytes to the same clients cost with Bun alone. */
async function compareBare(bench: Bench, services: Services, which: Case): Promise<Report> {
  const frames = await captureOurs(services, which)
  const ours: Run[] = []
  const peers: { readonly ms: number }[] = []
  for (let run = 0; run < bench.scale.runs; run++) {
    ours.push(await measureOurs(bench, services, which))
    peers.push(await measureBare(bench, frames))
  }
  const bytes = frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0)
  const received = (ours.length + peers.length) * which.clients * which.missedEach
  return {
    figures: [
      {
        name: `mass resume over Redis: ${which.name}`,
        ...{ unit: 'ms', peer: 'bare' },
        ...{ ours: ours.map(({ ms }) => ms), peers: peers.map(({ ms }) => ms), limit: null },
        ...{ delivered: received, expected: received },
      },
    ],
    notes: [
      {
        about: 'mass resume over Redis, bare',
        text: `a bare server sends the same ${formatNumber(bytes)} bytes in ${frames.length} frames to each`,
      },
    ],
  }
}

function describe(
  which: Compared,
  ours: readonly Run[],
  peers: readonly Run[],
  other: readonly Run[],
): Note {
  const middle = (runs: readonly Run[], key: keyof Run): string =>
    formatNumber(median(runs.map((run) => run[key])))
  return {
    about: `mass resume over Redis, ${which.name}`,
    text:
      `all ${formatNumber(which.clients)} clients in ${middle(ours, 'ms')} ms (ours), ` +
      `${middle(peers, 'ms')} ms (peer, ${peers.length} run${peers.length === 1 ? '' : 's'}); server CPU ` +
      `${middle(ours, 'serverCpuMs')} and ${middle(peers, 'serverCpuMs')} ms; ours opens its stores and ` +
      `loads the window in ${middle(ours, 'openedMs')} ms before it listens (not in the clock); ` +
      (other.length === 0
        ? 'Centrifugo was not measured: there is no centrifugo on the PATH'
        : `Centrifugo ${middle(other, 'ms')} ms`),
  }
}

interface Peer {
  readonly name: string
  readonly file: string
  readonly runtime?: string
}

/** The runtime on which Socket.IO is faster, by a small trial on each. */
async function chooseRuntime(services: Services, which: Case): Promise<Peer> {
  const bun = { name: 'Socket.IO on Bun', file: 'servers/socket-io-streams.ts' }
  if (!Bun.which('node')) return bun
  const file = await bundleForNode('socket-io-streams')
  const node = { name: 'Socket.IO on Node', file, runtime: 'node' }
  const customers = which.customers === null ? null : 50
  const customersInLog = customers ?? which.customersInLog
  const missed = customers === null ? 50 : MISSED_OF_CUSTOMER * customers
  const missedEach = customers === null ? missed : MISSED_OF_CUSTOMER
  const trial: Case = {
    ...which,
    clients: 200,
    customers,
    customersInLog,
    history: 100,
    missed,
    missedEach,
  }
  const onBun = await measureSocketIo(services, trial, bun)
  const onNode = await measureSocketIo(services, trial, node)
  return onNode.ms < onBun.ms ? node : bun
}
