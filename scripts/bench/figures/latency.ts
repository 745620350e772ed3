import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { describeDisk } from '../lib/disk'
import { median, quantile } from '../lib/median'
import type { Figure, Report } from '../lib/report'
import type { LoadCommands } from '../load'
import type { PlacedOrder } from '../load/orders'
import type { Arrival } from '../load/probe'
import { startOrderServer, withRecordedOrders } from './orders'
import type { OrderServerKind } from './orders'

const PER_SECOND = 200
const BOARD_SOCKETS = 100
/** So many of the board's sockets note arrival times; they are spread over the order of joining. */
const PROBES = 5
/** Enough that no order of the schedule waits for a free connection. */
const CONNECTIONS = 128
const WARM_UP_SECONDS = 1

const SPANS = ['acknowledged → event', 'due → event', 'due → acknowledged'] as const
type Span = (typeof SPANS)[number]

/** The quantiles of one run, in milliseconds. */
interface Run {
  readonly p50: Readonly<Record<Span, number>>
  readonly p99: Readonly<Record<Span, number>>
  readonly delivered: number
  readonly expected: number
}

/** How long until an order that was placed over REST is on the board. */
export function latency(bench: Bench): Promise<Report> {
  const orders = PER_SECOND * (bench.scale.latencySeconds + WARM_UP_SECONDS)
  return withRecordedOrders(bench, orders, ({ file }) => compareLatency(bench, file))
}

async function compareLatency(bench: Bench, recording: string): Promise<Report> {
  const { runs } = bench.scale
  const disk = describeDisk()
  const ours: Run[] = []
  const peers: Run[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(await measure(bench, 'ours', recording))
    peers.push(await measure(bench, 'bare', recording))
    const show = ({ p50, p99 }: Run): string =>
      `p50 ${p50['due → event'].toFixed(2)} ms, p99 ${p99['due → event'].toFixed(2)} ms`
    bench.progress(
      `latency (due → event) run ${run + 1}: ours ${show(ours[run]!)}; bare ${show(peers[run]!)}`,
    )
  }
  const all = [...ours, ...peers]
  const figures = SPANS.flatMap((span) =>
    (['p50', 'p99'] as const).map((quantile): Figure => ({
      name: `latency: ${span} ${quantile}`,
      unit: 'ms',
      peer: 'Bun.serve + bun:sqlite',
      ours: ours.map((run) => run[quantile][span]),
      peers: peers.map((run) => run[quantile][span]),
      limit: null,
      delivered: all.reduce((sum, { delivered }) => sum + delivered, 0),
      expected: all.reduce((sum, { expected }) => sum + expected, 0),
    })),
  )
  const ahead = median(ours.map((run) => run.p50['acknowledged → event']))
  return {
    figures,
    notes: [
      { about: 'latency, disk', text: disk },
      {
        about: 'latency',
        text:
          `${PER_SECOND} orders a second, ${BOARD_SOCKETS} board sockets, ${PROBES} of them probes; ` +
          `times are the generator's, by its schedule` +
          (ahead < 0 ? '; below 0: the event was there before the answer was' : ''),
      },
    ],
  }
}

function measure(bench: Bench, kind: OrderServerKind, recording: string): Promise<Run> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const { port, products } = await startOrderServer(bench, kind, dataDir, recording, keep)
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
      const order = {
        port,
        secret: SECRET,
        products,
        connections: CONNECTIONS,
        perSecond: PER_SECOND,
      }
      const orders = PER_SECOND * bench.scale.latencySeconds
      await load.ask('placeOrders', { ...order, orders: PER_SECOND * WARM_UP_SECONDS })
      const before = await load.ask('counters')
      const placed = await load.ask('placeOrders', { ...order, orders })
      await Bun.sleep(200)
      const after = await load.ask('counters')
      const arrivals = await load.ask('arrivals')
      return runOf(placed, arrivals, after.deliveries - before.deliveries)
    }),
  )
}

function runOf(
  placed: readonly PlacedOrder[],
  arrivals: readonly (readonly Arrival[])[],
  counted: number,
): Run {
  const byId = new Map(placed.map((order) => [order.orderId, order]))
  const spans: Record<Span, number[]> = {
    'acknowledged → event': [],
    'due → event': [],
    'due → acknowledged': placed.map(({ acknowledgedAt, dueAt }) => acknowledgedAt - dueAt),
  }
  for (const { orderId, at } of arrivals.flat()) {
    const order = byId.get(orderId)
    if (!order) continue
    spans['acknowledged → event'].push(at - order.acknowledgedAt)
    spans['due → event'].push(at - order.dueAt)
  }
  const delivered = counted + spans['due → event'].length
  const expected = placed.length * BOARD_SOCKETS
  if (delivered !== expected) throw new Error(`delivered ${delivered}, expected ${expected}`)
  const at = (q: number): Record<Span, number> => ({
    'acknowledged → event': quantile(spans['acknowledged → event'], q),
    'due → event': quantile(spans['due → event'], q),
    'due → acknowledged': quantile(spans['due → acknowledged'], q),
  })
  return { p50: at(0.5), p99: at(0.99), delivered, expected }
}
