import { expect, test } from 'bun:test'
import type { Cursor } from '../protocol/cursor'
import { connectSocket } from '../testing/socket-client'
import { expectNothingLost } from './testing/check'
import type { Cluster } from './testing/cluster'
import { readGaps, readLog } from './testing/logged'
import { openScene, type Scene } from './testing/scene'
import { countedByWorkers, factsSent, openTopics } from './testing/topics'
import { startShoppers } from './testing/shoppers'
import type { Watcher } from './testing/watchers'

const GAPS = 'orderwire_mirror_gaps_total'

/** Why those who had a cursor from before are told that it is of no use. */
async function refusalOf(cluster: Cluster, cursor: Cursor): Promise<string | undefined> {
  const [server] = cluster.servers
  const client = await connectSocket(`${server!.url.replace('http', 'ws')}/ws`)
  client.send({ event: 'auth', data: { token: await cluster.token('sam', 'staff') } })
  await client.nextOf('authenticated')
  client.send({ event: 'subscribe:admin', data: { cursor } })
  const { data } = await client.nextOf('subscribed')
  await client.close()
  expect(data.recovered).toBe(false)
  return data.reason
}

function firstCursor({ stretches }: Watcher): Cursor {
  return stretches[0]!.events[0]!.id
}

/** Facts that are not in the log. */
async function lackingIn({ cluster, shoppers }: Scene): Promise<string[]> {
  const log = await readLog(cluster.env.REDIS_URL!)
  const logged = new Set(log.map(({ fact }) => fact))
  return [...shoppers.acknowledged].filter((fact) => !logged.has(fact))
}

/** By name, of a topic as the product makes it. */
function partitionsOf(topic: string): string[] {
  return [0, 1, 2].map((partition) => `${topic}-${partition}`)
}

function expectAllTold(watchers: readonly Watcher[]): void {
  for (const { subject, resumes } of watchers) {
    const reasons = new Set(resumes.flatMap(({ reason }) => reason ?? []))
    expect([subject, ...reasons]).toEqual([subject, 'source_gap'])
  }
}

test('a topic that is deleted and made again under load', async () => {
  await using scene = await openScene({ workers: 2, everyMs: 20 })
  const { cluster, shoppers, watchers } = scene
  await using topics = await openTopics(cluster)
  const { updated } = cluster.topics
  await shoppers.more(80)
  // What is sent now waits in the topic, unread.
  cluster.redis.pause()
  await shoppers.more(20)
  await topics.remove(updated)
  const sent = await factsSent(cluster.databaseUrl)
  cluster.redis.resume()
  // Orders are accepted all the same, and wait for the topic.
  await shoppers.more(20)
  await topics.make(updated)
  await shoppers.more(60)
  await shoppers.close()

  const gone = new Set([...sent].filter((fact) => !fact.endsWith('@1')))
  await expectNothingLost(cluster, shoppers.acknowledged, watchers, { gone })
  const gaps = await readGaps(cluster.env.REDIS_URL!)
  expect(gaps.toSorted()).toEqual(partitionsOf(updated))
  expect(await countedByWorkers(cluster, GAPS)).toBe(gaps.length)
  expectAllTold(watchers)
  expect(await refusalOf(cluster, firstCursor(watchers[0]!))).toBe('source_gap')
}, 120_000)

test('topics that lose records while no worker runs, each in another way', async () => {
  await using scene = await openScene({ everyMs: 20 })
  const { cluster, shoppers, watchers } = scene
  await using topics = await openTopics(cluster)
  const { created, updated, cancelled } = cluster.topics
  await shoppers.more(80)
  // The log stands still, and Kafka gets ahead of it.
  cluster.redis.pause()
  await shoppers.more(60)
  await cluster.workers[0]!.kill()
  const sent = await factsSent(cluster.databaseUrl)
  await topics.empty(created)
  for (const topic of [updated, cancelled]) {
    await topics.remove(topic)
    await topics.make(topic)
  }
  // Beyond the place up to which the log has the old one.
  await topics.fill(cancelled, 100)
  cluster.redis.resume()
  await cluster.startWorker({ KAFKA_GROUP_ID: 'nobody-waits-for-the-dead' })
  await shoppers.more(60)
  await shoppers.close()

  await expectNothingLost(cluster, shoppers.acknowledged, watchers, { gone: sent })
  expect((await lackingIn(scene)).length).toBeGreaterThan(0)
  const gaps = await readGaps(cluster.env.REDIS_URL!)
  expect(gaps.length).toBe(new Set(gaps).size)
  const remade = [cancelled, updated].flatMap(partitionsOf)
  expect(gaps.filter((partition) => !partition.startsWith(created)).toSorted()).toEqual(remade)
  expect(gaps.length).toBeGreaterThan(remade.length)
  expect(await countedByWorkers(cluster, GAPS)).toBe(gaps.length)
  expectAllTold(watchers)
}, 120_000)

test('records that retention took after the log had them are no loss', async () => {
  await using scene = await openScene({ everyMs: 20 })
  const { cluster, shoppers, watchers, urls } = scene
  await using topics = await openTopics(cluster)
  await shoppers.more(40)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  const [worker] = cluster.workers
  await worker!.stop()
  const { created, updated, cancelled } = cluster.topics
  await topics.empty(created, updated, cancelled)
  await cluster.startWorker()
  const later = await startShoppers(cluster, { customers: ['alice', 'bob'], urls })
  await later.more(40)
  await later.close()
  await expectNothingLost(cluster, later.acknowledged, watchers)
  expect(await readGaps(cluster.env.REDIS_URL!)).toEqual([])
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 120_000)
