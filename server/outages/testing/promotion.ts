import { expect } from 'bun:test'
import { rawRedis } from '../../testing/redis-log'
import { startRedis } from '../../testing/redis-process'
import { eventually } from '../../testing/socket-server'
import { startTcpProxy } from '../../testing/tcp-proxy'
import { expectNothingLost } from './check'
import { openScene, type Scene } from './scene'
import { NEW_ORDER } from './orders'

export interface Promotion {
  /** How many entries the promoted replica lacked when the others went on with it. */
  readonly lost: number
}

/**
 * A replica is cut off, `entries` more orders come through to everybody, the primary dies, and the
 * replica takes its place without them. Throws unless all of it comes right again.
 */
export async function promoteReplicaWithout(entries: number): Promise<Promotion> {
  await using opened = new AsyncDisposableStack()
  const proxy = opened.use(await startTcpProxy(0))
  await using scene = await openScene({
    redisUrl(redis) {
      proxy.target = redis.port
      return `redis://127.0.0.1:${proxy.port}`
    },
  })
  const { cluster, shoppers, watchers } = scene
  const replica = opened.use(await startRedis({ replicaof: cluster.redis, appendonly: true }))
  using primaryRedis = rawRedis(cluster.redis.url)
  using replicaRedis = rawRedis(replica.url)

  await shoppers.more(20)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  const feed = '{orderwire}:feed'
  const synced = await primaryRedis.xlen(feed)
  while ((await replicaRedis.xlen(feed)) < synced) await Bun.sleep(10)
  await replicaRedis.replicaof('NO', 'ONE')

  const acknowledged = new Set(shoppers.acknowledged)
  await placeOrders(scene, entries, acknowledged)
  await expectNothingLost(cluster, acknowledged, watchers)
  const lost = (await primaryRedis.xlen(feed)) - (await replicaRedis.xlen(feed))
  expect(lost).toBeGreaterThanOrEqual(entries)

  await cluster.redis.kill()
  proxy.target = replica.port
  proxy.cut()
  // Told or not yet: within moments everybody is on the promoted one.
  await expectNothingLost(cluster, acknowledged, watchers)
  const [board] = watchers
  await eventually(() => board!.resumes.some(({ reason }) => reason === 'unknown'), 30_000)
  await placeOrders(scene, 3, acknowledged)
  await expectNothingLost(cluster, acknowledged, watchers)
  return { lost }
}

async function placeOrders(
  { cluster, urls }: Scene,
  count: number,
  acknowledged: Set<string>,
): Promise<void> {
  const token = await cluster.token('alice')
  for (let placed = 0; placed < count; placed++) {
    const [url] = urls()
    const response = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(NEW_ORDER),
    })
    expect(response.status).toBe(201)
    const { orderId, version } = (await response.json()) as { orderId: string; version: number }
    acknowledged.add(`${orderId}@${version}`)
  }
}
