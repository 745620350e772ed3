import type { Bench } from '../lib/bench'
import type { Figure, Limit, Note, Report } from '../lib/report'
import { withServices } from '../lib/services'
import type { Services } from '../lib/services'
import { BOARD_SOCKETS, measurePipe, measureRest, PER_SECOND, PROBES } from './pipe-run'
import type { PipeRun } from './pipe-run'

const LIMITS = { p50: { atMost: 1.25 }, p99: { atMost: 1.5 } } as const
/** How long a fetch of the bare consumer may wait for records; kafkajs' own default is the last. */
const MAX_WAITS_MS = [5, 100, 5_000] as const

/** How long from Kafka, or from REST on another node, to the browser. */
export function pipe(bench: Bench): Promise<Report> {
  return withServices(async (services) => {
    const maxWaitMs = await chooseMaxWait(bench, services)
    const fromKafka = await interleave(bench, 'pipe', [
      () => measurePipe(bench, services, null),
      () => measurePipe(bench, services, maxWaitMs),
    ])
    const fromRest = await interleave(bench, 'REST to the other node', [
      () => measureRest(bench, services, 'other node'),
      () => measureRest(bench, services, 'one process'),
    ])
    return {
      figures: [
        ...figuresOf('pipe: Kafka → browser', 'kafkajs → Bun publish', fromKafka, LIMITS),
        ...figuresOf('REST → event on the other node', 'embedded, one process', fromRest, null),
      ],
      notes: [describe(maxWaitMs)],
    }
  })
}

type Pair = readonly [ours: readonly PipeRun[], peers: readonly PipeRun[]]

async function interleave(
  bench: Bench,
  name: string,
  [measureOurs, measurePeer]: readonly [() => Promise<PipeRun>, () => Promise<PipeRun>],
): Promise<Pair> {
  const ours: PipeRun[] = []
  const peers: PipeRun[] = []
  const show = ({ p50, p99 }: PipeRun): string => `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)} ms`
  for (let run = 0; run < bench.scale.runs; run++) {
    ours.push(await measureOurs())
    peers.push(await measurePeer())
    bench.progress(`${name} run ${run + 1}: ours ${show(ours[run]!)}; peer ${show(peers[run]!)}`)
  }
  return [ours, peers]
}

function figuresOf(
  name: string,
  peer: string,
  [ours, peers]: Pair,
  limits: Readonly<Record<'p50' | 'p99', Limit>> | null,
): Figure[] {
  const all = [...ours, ...peers]
  return (['p50', 'p99'] as const).map((quantile) => ({
    name: `${name} ${quantile}`,
    unit: 'ms',
    peer,
    ours: ours.map((run) => run[quantile]),
    peers: peers.map((run) => run[quantile]),
    limit: limits?.[quantile] ?? null,
    delivered: all.reduce((sum, { delivered }) => sum + delivered, 0),
    expected: all.reduce((sum, { expected }) => sum + expected, 0),
  }))
}

/** The bare consumer's best, by one run each. */
async function chooseMaxWait(bench: Bench, services: Services): Promise<number> {
  let best = { maxWaitMs: 0, p50: Number.POSITIVE_INFINITY }
  for (const maxWaitMs of MAX_WAITS_MS) {
    const { p50 } = await measurePipe(bench, services, maxWaitMs)
    if (p50 < best.p50) best = { maxWaitMs, p50 }
  }
  return best.maxWaitMs
}

function describe(maxWaitMs: number): Note {
  return {
    about: 'pipe',
    text:
      `${PER_SECOND} events a second, ${BOARD_SOCKETS} board sockets, ${PROBES} of them probes; ` +
      `maxWaitTimeInMs of the bare consumer: ${maxWaitMs}, the best of ${MAX_WAITS_MS.join(', ')}`,
  }
}
