import { join } from 'node:path'
import type { Bench } from '../lib/bench'
import { spawnBench, withChildren, withDataDir } from '../lib/children'
import type { Child } from '../lib/process'
import type { BareOrdersCommands } from '../servers/bare-orders'
import type { OrderStoreCommands } from '../servers/order-store'
import type { OrderwireCommands } from '../servers/orderwire'

/** Orders under way at a time: connections, and calls where there is no HTTP. */
export const AT_A_TIME = 64

export interface RecordedOrders {
  readonly file: string
  /** Orders that shared a commit while they were recorded. */
  readonly groupSize: number
}

/** Records what placing so many orders writes, for the bare peers; the file is gone afterwards. */
export async function withRecordedOrders<T>(
  bench: Bench,
  orders: number,
  work: (recorded: RecordedOrders) => Promise<T>,
): Promise<T> {
  bench.progress(`recording the writes of ${orders} orders`)
  return withDataDir(async (folder) => {
    const file = join(folder, 'orders.json')
    const dataDir = join(folder, 'data')
    const groupSize = await withChildren(async (keep) => {
      const store = keep(await spawnBench<OrderStoreCommands>('servers/order-store.ts'))
      return store.ask('record', { dataDir, orders, warmUp: 0, atATime: AT_A_TIME }, file)
    })
    return work({ file, groupSize })
  })
}

export type OrderServerKind = 'ours' | 'bare'

/** A server that takes orders over HTTP, and the products that it sells. */
export async function startOrderServer(
  bench: Bench,
  kind: OrderServerKind,
  dataDir: string,
  recording: string,
  keep: <C extends { stop(): Promise<void> }>(child: C) => C,
): Promise<{ readonly port: number; readonly products: readonly string[] }> {
  if (kind === 'bare') {
    const bare: Child<BareOrdersCommands> = keep(await spawnBench('servers/bare-orders.ts'))
    const { port } = await bare.ask('start', { dataDir, recording })
    return { port, products: ['any', 'other'] }
  }
  const ours = keep(await spawnBench<OrderwireCommands>('servers/orderwire.ts', bench.ours))
  const { port } = await ours.ask('start', { dataDir })
  return { port, products: await ours.ask('products') }
}
