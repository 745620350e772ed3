import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import { openScene } from './testing/scene'

test('workers that are killed under load, with their relay and their mirror', async () => {
  await using scene = await openScene({ workers: 2 })
  const { cluster, shoppers, watchers } = scene
  for (let kills = 0; kills < 3; kills++) {
    await shoppers.more(40)
    const [oldest] = cluster.workers
    await Promise.all([oldest!.kill(), cluster.startWorker()])
  }
  await shoppers.more(40)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)

test('a worker that was frozen while its partitions moved on writes nothing wrong when it wakes', async () => {
  await using scene = await openScene({ workers: 2 })
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(40)
  const [zombie] = cluster.workers
  zombie!.pause()
  await shoppers.more(200, 60_000)
  zombie!.resume()
  await shoppers.more(100)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)
