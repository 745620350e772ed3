import { expect, test } from 'bun:test'
import { expectNothingLost } from './testing/check'
import { openScene } from './testing/scene'

/** Server and worker in one process. */
const ALL = { ROLE: 'all' }

// Kafka waits for those who were killed: side by side.
test.concurrent(
  'one process that is everything, killed, and stopped in order',
  async () => {
    await using scene = await openScene({ workers: 0, roles: ['all'] })
    const { cluster, shoppers, watchers } = scene
    await shoppers.more(20)
    await cluster.servers[0]!.kill()
    await cluster.startServer(ALL)
    await shoppers.more(20)
    await cluster.servers[0]!.stop()
    await cluster.startServer(ALL)
    await shoppers.more(20)
    await shoppers.close()
    await expectNothingLost(cluster, shoppers.acknowledged, watchers)
    for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  },
  120_000,
)

test.concurrent(
  'a process that is everything beside a plain server, which takes orders while it is away',
  async () => {
    await using scene = await openScene({ workers: 0, roles: ['all'] })
    const { cluster, shoppers, watchers } = scene
    await cluster.startServer()
    await shoppers.more(20)
    await cluster.servers[0]!.kill()
    await shoppers.more(20)
    await cluster.startServer(ALL)
    await shoppers.more(20)
    await shoppers.close()
    await expectNothingLost(cluster, shoppers.acknowledged, watchers)
    for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  },
  120_000,
)
