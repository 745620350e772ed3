import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import { openScene } from './testing/scene'

/** Server and worker in one process. */
const ALL = { ROLE: 'all' }

test('one process that is everything, killed while it is alone, and stopped beside a plain server', async () => {
  await using scene = await openScene({ workers: 0, roles: ['all'] })
  const { cluster, shoppers, watchers } = scene
  await shoppers.more(20)
  await cluster.servers[0]!.kill()
  const again = await cluster.startServer(ALL)
  await shoppers.more(20)
  await cluster.startServer()
  await shoppers.more(20)
  await again.stop()
  // Orders are taken while nobody tells of them.
  await shoppers.more(20)
  await cluster.startServer(ALL)
  await shoppers.more(20)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)
