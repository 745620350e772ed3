import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import { startProxy } from './testing/proxy'
import { openScene } from './testing/scene'
import { startVisitors } from './testing/visitors'

test('servers that are restarted one after the other behind nginx: nobody notices', async () => {
  await using proxy = await startProxy()
  await using scene = await openScene({ proxy, env: { DRAIN_WAIT_MS: '500' } })
  const { cluster, shoppers, watchers } = scene
  const paths = ['/api/products', '/api/orders']
  await using visitors = startVisitors(proxy.url, await cluster.token('alice'), paths)
  await shoppers.more(20)
  for (const place of [0, 1]) {
    const { PORT } = proxy.envOf(place)
    const old = cluster.servers.find(({ url }) => url.endsWith(`:${PORT}`))!
    await old.stop()
    await shoppers.more(20)
    await cluster.startServer(proxy.envOf(place))
    await shoppers.more(20)
  }
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  expect([...shoppers.refused.keys()]).toEqual([])
  expect(shoppers.unanswered).toBe(0)
  expect(visitors.failures, Bun.inspect(visitors.answers)).toBe(0)
  for (const { stretches, resumes } of watchers) {
    // Moved by each of the two, and never to begin anew.
    expect(stretches.length).toBe(1)
    expect(resumes.map(({ recovered }) => recovered)).not.toContain(false)
  }
}, 120_000)

test('workers that are restarted one after the other hand over what they have', async () => {
  await using scene = await openScene({ workers: 2 })
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(20)
  for (let restarts = 0; restarts < 2; restarts++) {
    const [oldest] = cluster.workers
    await oldest!.stop()
    await shoppers.more(20)
    await cluster.startWorker()
    await shoppers.more(20)
  }
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  expect([...shoppers.refused.keys()]).toEqual([])
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  await Promise.all(cluster.workers.map((worker) => worker.stop()))
  expect(await leaseIsFree(cluster.databaseUrl)).toBe(true)
}, 120_000)

/** Whether another relay could go on at once. */
async function leaseIsFree(databaseUrl: string): Promise<boolean> {
  const sql = new Bun.SQL(databaseUrl, { max: 1 })
  try {
    const [lease] = await sql<{ free: boolean }[]>`
      SELECT held_until < clock_timestamp() AS free FROM outbox_lease`
    return lease!.free
  } finally {
    await sql.close()
  }
}
