import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { rawRedis } from '../testing/redis-log'
import { expectNothingLost } from './testing/check'
import { openScene, type Scene } from './testing/scene'

/** Why cursors were refused, of all watchers. */
function refusals({ watchers }: Scene): Set<string | undefined> {
  const refused = watchers.flatMap(({ resumes }) => resumes.filter(({ recovered }) => !recovered))
  return new Set(refused.map(({ reason }) => reason))
}

test('a Redis that is killed and started again with its append-only file', async () => {
  await using scene = await openScene()
  const { cluster, shoppers, watchers } = scene
  for (let kills = 0; kills < 2; kills++) {
    await shoppers.more(40)
    await cluster.redis.kill()
    // Orders are accepted all the same.
    await shoppers.more(40)
    await cluster.redis.restart()
  }
  await shoppers.more(40)
  await shoppers.close()
  expect([...shoppers.refused.keys()]).toEqual([])
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)

test('a Redis that comes back without its last entries', async () => {
  await using scene = await openScene()
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(40)
  const { redis } = cluster
  const kept = join(redis.folder, '../kept')
  // As a disk would have it that a power cut left behind: what came later was never on it.
  await redis.kill()
  cpSync(redis.folder, kept, { recursive: true })
  await redis.restart()
  await shoppers.more(60)
  await redis.kill()
  rmSync(redis.folder, { recursive: true })
  cpSync(kept, redis.folder, { recursive: true })
  await redis.restart()
  await shoppers.more(40)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  // Whoever had seen entries that are gone is told so, and nothing else.
  expect([...refusals(scene)]).toEqual(['unknown'])
}, 120_000)

test('a Redis that forgets everything is filled again from Kafka', async () => {
  await using scene = await openScene()
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(60)
  using redis = rawRedis(cluster.redis.url)
  await redis.flushall()
  await shoppers.more(60)
  await shoppers.close()
  const log = await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  expect(log.length).toBeGreaterThanOrEqual(shoppers.acknowledged.size)
  expect(
    [...refusals(scene)].filter((reason) => reason !== 'unknown' && reason !== 'refilling'),
  ).toEqual([])
}, 120_000)

test('a Redis that forgets everything while nothing happens is filled again all the same', async () => {
  await using scene = await openScene()
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(60)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  using redis = rawRedis(cluster.redis.url)
  await redis.flushall()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
}, 120_000)
