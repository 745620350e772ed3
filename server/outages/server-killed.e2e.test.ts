import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
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
