import { expect, test } from 'bun:test'
import { openCluster } from './testing/cluster'
import { startShoppers } from './testing/shoppers'

test('with another reader of the outbox orders are accepted, and nothing piles up', async () => {
  await using cluster = await openCluster({ env: { OUTBOX_RELAY: 'off' } })
  const [server, worker] = await Promise.all([cluster.startServer(), cluster.startWorker()])
  const customers = ['alice', 'bob']
  const shoppers = await startShoppers(cluster, { customers, urls: () => [server.url] })
  await shoppers.more(30)
  await shoppers.close()
  expect([...shoppers.refused.keys()]).toEqual([])
  await using sql = new Bun.SQL(cluster.databaseUrl, { max: 1 })
  expect([...(await sql`SELECT count(*)::int AS rows FROM outbox`)]).toEqual([{ rows: 0 }])
  const [node, mirror] = await Promise.all(
    [server, worker].map(async ({ url }) => (await fetch(`${url}/health/ready`)).json()),
  )
  expect(node).toMatchObject({ status: 'ready', outbox: null, pendingAgeMs: 0 })
  expect(mirror).toMatchObject({ status: 'ready', relay: null })
}, 60_000)
