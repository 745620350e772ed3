import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import type { Cluster } from './testing/cluster'
import { startProxy } from './testing/proxy'
import { openScene } from './testing/scene'

test('servers that are killed under load, one after the other', async () => {
  await using scene = await openScene()
  const { cluster, shoppers, watchers } = scene
  for (let kills = 0; kills < 4; kills++) {
    await shoppers.more(40)
    const [oldest] = cluster.servers
    await Promise.all([oldest!.kill(), cluster.startServer()])
  }
  await shoppers.more(40)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  // Nobody had to start anew: every cursor was good on the other node.
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)

test('servers that are killed behind nginx: who sends a key is answered by the other, once', async () => {
  await using proxy = await startProxy()
  await using scene = await openScene({ proxy })
  const { cluster, shoppers, watchers } = scene
  for (const place of [0, 1, 0, 1]) {
    await shoppers.more(40)
    const { PORT } = proxy.envOf(place)
    await cluster.servers.find(({ url }) => url.endsWith(`:${PORT}`))!.kill()
    await shoppers.more(20)
    await cluster.startServer(proxy.envOf(place))
  }
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  // Besides that the first sending was carried out, or is still, there is nothing to be told.
  expect([...shoppers.refused.keys()].filter((status) => ![409, 412].includes(status))).toEqual([])
  expect(shoppers.unanswered).toBe(0)
  const placed = [...shoppers.acknowledged].filter((fact) => fact.endsWith('@1'))
  expect(await ordersIn(cluster)).toBe(placed.length)
}, 120_000)

async function ordersIn({ databaseUrl }: Cluster): Promise<number> {
  await using sql = new Bun.SQL(databaseUrl, { max: 1 })
  const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM orders`
  return row!.count
}
