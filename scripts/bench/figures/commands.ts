import type { Bench } from '../lib/bench'
import { SECRET, spawnBench, withChildren, withDataDir } from '../lib/children'
import { median } from '../lib/median'
import type { SpawnOptions } from '../lib/process'
import type { Figure, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { LoadCommands } from '../load'
import type { OrderStoreCommands, StoreOrder, StoreRun } from '../servers/order-store'
import { AT_A_TIME, startOrderServer, withRecordedOrders } from './orders'
import type { OrderServerKind, RecordedOrders } from './orders'

/** This share of the orders is placed before the clock starts. */
const WARM_UP = 0.2

/** Orders acknowledged per second at saturation, each durable (synchronous=FULL) before it is. */
export function commands(bench: Bench): Promise<Report> {
  const orders = bench.scale.commandOrders
  const warmUp = Math.round(orders * WARM_UP)
  return withRecordedOrders(bench, orders + warmUp, (recorded) =>
    compareCommands(bench, recorded, warmUp),
  )
}

async function compareCommands(
  bench: Bench,
  { file: recording, groupSize }: RecordedOrders,
  warmUp: number,
): Promise<Report> {
  const { runs, commandOrders: orders } = bench.scale
  const store: StoreRun[] = []
  const sqlite: StoreRun[] = []
  const http: HttpRun[] = []
  const bare: HttpRun[] = []
  for (let run = 0; run < runs; run++) {
    store.push(
      await runStore(bench.ours, (child, order) => child.ask('place', order), orders, warmUp),
    )
    sqlite.push(
      await runStore({}, (child, order) => child.ask('replay', order, recording), orders, warmUp),
    )
    http.push(await runHttp(bench, 'ours', orders, warmUp, recording))
    bare.push(await runHttp(bench, 'bare', orders, warmUp, recording))
    bench.progress(
      `commands run ${run + 1}: store ${formatNumber(store[run]!.perSecond)}, bare sqlite ${formatNumber(sqlite[run]!.perSecond)}, ` +
        `HTTP ${formatNumber(http[run]!.perSecond)}, bare HTTP ${formatNumber(bare[run]!.perSecond)} orders/s`,
    )
  }
  return {
    figures: [
      figure('orders acknowledged, store alone', 'bun:sqlite, same writes', store, sqlite),
      figure('orders acknowledged, over HTTP', 'Bun.serve + bun:sqlite', http, bare),
    ],
    notes: [
      {
        about: 'orders acknowledged',
        text:
          `${AT_A_TIME} orders under way; ${formatNumber(groupSize)} orders a commit where there is no HTTP; ` +
          `generator busy ${Math.round(median(http.map(({ generatorShare }) => generatorShare)) * 100)} % ` +
          `(ours), ${Math.round(median(bare.map(({ generatorShare }) => generatorShare)) * 100)} % (bare)`,
      },
    ],
  }
}

function figure(
  name: string,
  peer: string,
  ours: readonly { perSecond: number }[],
  peers: readonly { perSecond: number }[],
): Figure {
  return {
    name,
    unit: 'orders/s',
    peer,
    ours: ours.map(({ perSecond }) => perSecond),
    peers: peers.map(({ perSecond }) => perSecond),
    limit: null,
    delivered: null,
    expected: null,
  }
}

function runStore(
  options: SpawnOptions,
  run: (
    child: Awaited<ReturnType<typeof spawnBench<OrderStoreCommands>>>,
    order: StoreOrder,
  ) => Promise<StoreRun>,
  orders: number,
  warmUp: number,
): Promise<StoreRun> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const child = keep(await spawnBench<OrderStoreCommands>('servers/order-store.ts', options))
      return run(child, { dataDir, orders, warmUp, atATime: AT_A_TIME })
    }),
  )
}

interface HttpRun {
  readonly perSecond: number
  readonly generatorShare: number
}

function runHttp(
  bench: Bench,
  kind: OrderServerKind,
  orders: number,
  warmUp: number,
  recording: string,
): Promise<HttpRun> {
  return withDataDir((dataDir) =>
    withChildren(async (keep) => {
      const load = keep(await spawnBench<LoadCommands>('load.ts'))
      const { port, products } = await startOrderServer(bench, kind, dataDir, recording, keep)
      const order = { port, secret: SECRET, products, connections: AT_A_TIME, perSecond: null }
      await load.ask('placeOrders', { ...order, orders: warmUp })
      const before = await load.ask('counters')
      const placed = await load.ask('placeOrders', { ...order, orders })
      const after = await load.ask('counters')
      const from = Math.min(...placed.map(({ dueAt }) => dueAt))
      const to = Math.max(...placed.map(({ acknowledgedAt }) => acknowledgedAt))
      return {
        perSecond: (placed.length / (to - from)) * 1_000,
        generatorShare: (after.cpuMs - before.cpuMs) / (after.at - before.at),
      }
    }),
  )
}
