import { openCluster, type Cluster, type ClusterOptions } from './cluster'
import type { Proxy } from './proxy'
import { followsLog } from './ready'
import { startShoppers, type Shoppers } from './shoppers'
import { startWatcher, type Watcher } from './watchers'

/** A shop in use: two servers, workers, customers who order, and clients who watch all of it. */
export interface Scene extends AsyncDisposable {
  readonly cluster: Cluster
  readonly shoppers: Shoppers
  /** The board first, then alice and bob. */
  readonly watchers: readonly Watcher[]
  /** Where everybody goes: the servers that run, or the proxy before them. */
  readonly urls: () => readonly string[]
}

export interface SceneOptions extends ClusterOptions {
  /** One unless given. */
  readonly workers?: number
  readonly everyMs?: number
  /** Of each server; two plain ones unless given. */
  readonly roles?: readonly ('server' | 'all')[]
  /** Stands before the servers, which listen where it expects them. */
  readonly proxy?: Proxy
}

const CUSTOMERS = ['alice', 'bob', 'carol']

export async function openScene({
  workers = 1,
  everyMs,
  roles = ['server', 'server'],
  proxy,
  ...options
}: SceneOptions = {}): Promise<Scene> {
  const opened = new AsyncDisposableStack()
  try {
    const cluster = opened.use(await openCluster(options))
    await Promise.all([
      ...Array.from({ length: workers }, () => cluster.startWorker()),
      ...roles.map((ROLE, place) => cluster.startServer({ ROLE, ...proxy?.envOf(place) })),
    ])
    await Promise.all(cluster.servers.map(({ url }) => followsLog(url)))
    const urls = () => (proxy ? [proxy.url] : cluster.servers.map(({ url }) => url))
    const watchers: Watcher[] = []
    opened.defer(() => {
      for (const watcher of watchers) watcher.close()
    })
    watchers.push(await startWatcher(cluster, { channel: 'admin', subject: 'board', urls }))
    for (const subject of CUSTOMERS.slice(0, 2)) {
      watchers.push(await startWatcher(cluster, { channel: 'orders', subject, urls }))
    }
    const shoppers = await startShoppers(cluster, { customers: CUSTOMERS, urls, everyMs })
    return {
      cluster,
      shoppers,
      watchers,
      urls,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}
