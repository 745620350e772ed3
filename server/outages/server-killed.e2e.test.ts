import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import { openCluster } from './testing/cluster'
import { startShoppers } from './testing/shoppers'
import { startWatcher } from './testing/watchers'

test('servers that are killed under load, one after the other', async () => {
  await using cluster = await openCluster()
  await cluster.startWorker()
  await cluster.startServer()
  await cluster.startServer()
  const urls = () => cluster.servers.map(({ url }) => url)
  const watchers = await Promise.all([
    startWatcher(cluster, { channel: 'admin', subject: 'board', urls }),
    startWatcher(cluster, { channel: 'orders', subject: 'alice', urls }),
    startWatcher(cluster, { channel: 'orders', subject: 'bob', urls }),
  ])
  const shoppers = await startShoppers(cluster, { customers: ['alice', 'bob', 'carol'], urls })
  for (let kills = 0; kills < 4; kills++) {
    await shoppers.more(40)
    const [oldest] = cluster.servers
    await Promise.all([oldest!.kill(), cluster.startServer()])
  }
  await shoppers.more(40)
  await shoppers.close()
  const log = await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  expect(log.length).toBeGreaterThanOrEqual(shoppers.acknowledged.size)
  // Nobody had to start anew: every cursor was good on the other node.
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  for (const watcher of watchers) watcher.close()
}, 120_000)
