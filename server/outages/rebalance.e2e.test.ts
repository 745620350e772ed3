import { expect, test } from 'bun:test'
import { rawRedis } from '../testing/redis-log'
import { expectNothingLost } from './testing/check'
import type { Cluster } from './testing/cluster'
import { openScene } from './testing/scene'
import { countedByWorkers, openTopics } from './testing/topics'

const PARTITIONS = 9
/** A group waits 10 s for a member that is silent. */
const TAKEN_OVER_MS = 90_000

/** How far the log is in each partition. */
async function checkpoints({ redis: { url } }: Cluster): Promise<ReadonlyMap<string, number>> {
  using redis = rawRedis(url)
  const stored = Object.entries(await redis.hgetall('{orderwire}:checkpoints'))
  return new Map(stored.map(([partition, at]) => [partition, Number(at.split(':')[0])]))
}

/** Resolves when the log has more of so many partitions than it has now. */
async function untilAllMove(cluster: Cluster, partitions: number, deadlineMs = 30_000) {
  const before = await checkpoints(cluster)
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const now = await checkpoints(cluster)
    const moved = [...now].filter(([partition, offset]) => offset > (before.get(partition) ?? -1))
    if (moved.length >= partitions) return
    if (performance.now() > deadline)
      throw new Error(`only ${moved.map(([name]) => name).join(', ')} moved`)
    await Bun.sleep(50)
  }
}

test('workers that come, go and sleep under load, and topics that get more partitions', async () => {
  await using scene = await openScene({ workers: 2, everyMs: 10 })
  const { cluster, shoppers, watchers } = scene
  await using topics = await openTopics(cluster)
  await untilAllMove(cluster, PARTITIONS)

  const [zombie, leaver] = cluster.workers
  await cluster.startWorker()
  await untilAllMove(cluster, PARTITIONS)
  await leaver!.stop()
  // Somebody's mistake: one more reads all that the others read.
  await cluster.startWorker({ KAFKA_GROUP_ID: `${cluster.topics.groupId}-too` })
  await untilAllMove(cluster, PARTITIONS)

  // The others take over what it reads once it was silent for too long.
  zombie!.pause()
  await topics.widen(cluster.topics.updated, 5)
  await untilAllMove(cluster, PARTITIONS + 2, TAKEN_OVER_MS)
  zombie!.resume()
  await untilAllMove(cluster, PARTITIONS + 2)
  await shoppers.more(40)
  await shoppers.close()

  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  expect([...shoppers.refused.keys()]).toEqual([])
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  expect(await countedByWorkers(cluster, 'orderwire_mirror_gaps_total')).toBe(0)
}, 240_000)
