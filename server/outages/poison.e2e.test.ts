import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { partitionName, type NewRecord, type PartitionSpan } from '../kafka/kafka'
import { relayHeaders } from '../mirror/testing/records'
import { encodeOrderRecord } from '../outbox/order-record'
import { orderAt } from '../testing/arbitraries'
import { expectNothingLost } from './testing/check'
import type { Cluster } from './testing/cluster'
import { readLog } from './testing/logged'
import { openScene } from './testing/scene'
import { countedByWorkers, openTopics, type Topics } from './testing/topics'

const SCRIPT = join(import.meta.dir, '../../scripts/dead-letters')
const TOO_BIG = 70_000

/** What must not hold up anybody, by its key; without a reason: what is passed over. */
interface Poison extends NewRecord {
  readonly key: string
  readonly reason: string | null
}

function poisons(round: number): readonly Poison[] {
  const ours = relayHeaders()
  const order = orderAt(`too-big-${round}`, 1)
  const text = (value: object) => JSON.stringify(value)
  const kinds: Record<string, Omit<Poison, 'key'>> = {
    'not-json': { reason: 'not_json', value: 'total: 12', headers: ours },
    binary: { reason: 'not_json', value: Buffer.from([0, 255, 254, 13]), headers: ours },
    'no-version': { reason: 'invalid', value: text({ ...order, version: 0 }), headers: ours },
    'half-a-cent': { reason: 'invalid', value: text({ ...order, total: 1.005 }), headers: ours },
    'too-big': {
      reason: 'too_big',
      value: encodeOrderRecord({ ...order, reason: 'x'.repeat(TOO_BIG) }),
      headers: ours,
    },
    foreign: {
      reason: 'foreign',
      value: text({ orderId: 7 }),
      headers: { ce_type: 'order.created' },
    },
    untyped: { reason: 'unknown_type', value: encodeOrderRecord(order) },
    tombstone: { reason: null, value: null, headers: ours },
  }
  return Object.entries(kinds).map(([kind, poison]) => ({ key: `${kind}-${round}`, ...poison }))
}

/** A letter as `scripts/dead-letters … --json` has it. */
interface Letter {
  readonly id: string
  readonly reason: string
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number }
  readonly orderId: string | null
  readonly redrivenAt: string | null
  readonly value: string | { readonly base64: string } | null
}

async function deadLetters({ env }: Cluster, ...args: readonly string[]): Promise<string> {
  const child = Bun.spawn([SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, BUN: process.execPath },
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  expect([await child.exited, errors]).toEqual([0, ''])
  return output
}

async function listed(cluster: Cluster, ...args: readonly string[]): Promise<readonly Letter[]> {
  return JSON.parse(await deadLetters(cluster, 'list', '--json', '--limit', '999', ...args))
}

/** What lies in the place that the letter says it is from. */
async function sourceOf({ kafka }: Topics, { source, reason }: Letter) {
  const [record] = await kafka.read(source, source.offset, 1)
  expect(record!.offset).toBe(source.offset)
  return { key: String(record!.key), reason, value: record!.value }
}

/** Each key once: a letter whose record was read again is there again. */
function byKey<T extends { readonly key: string }>(all: readonly T[]): readonly T[] {
  const each = new Map(all.map((one) => [one.key, one]))
  return [...each.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function idsOf(letters: readonly Letter[]): readonly string[] {
  return letters.map(({ id }) => id).toSorted()
}

/** Where records with that key lie. */
async function placesOf({ kafka }: Topics, topic: string, key: string) {
  const spans = [...(await kafka.spans([topic])).values()]
  const placed = spans.map(async (span: PartitionSpan) => {
    const records = await kafka.read(span, span.earliest, 10_000)
    const { partition } = span
    return records
      .filter((record) => String(record.key) === key)
      .map(({ offset }) => ({ topic, partition, offset }))
  })
  return (await Promise.all(placed)).flat()
}

/** Looks until it holds; fails at the deadline. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${holds.toString()}`)
    await Bun.sleep(50)
  }
}

async function loggedFacts({ env }: Cluster): Promise<ReadonlySet<string>> {
  return new Set((await readLog(env.REDIS_URL!)).map(({ fact }) => fact))
}

test('poison of every kind in the middle of one topic for all: its neighbours flow', async () => {
  const topic = `orders-${crypto.randomUUID().slice(0, 13)}`
  await using scene = await openScene({ everyMs: 20, env: { KAFKA_TOPIC: topic } })
  const { cluster, shoppers, watchers } = scene
  await using topics = await openTopics(cluster)
  const put: Poison[] = []
  for (let round = 0; round < 3; round++) {
    await shoppers.more(20)
    const more = poisons(round)
    await topics.kafka.producer().send(more.map((poison) => ({ ...poison, topic })))
    put.push(...more)
  }
  await shoppers.more(20)
  await shoppers.close()
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)

  const letters = await listed(cluster)
  const sources = await Promise.all(letters.map((letter) => sourceOf(topics, letter)))
  const expected = put.flatMap(({ key, reason, value }) =>
    reason === null ? [] : [{ key, reason, value: Buffer.from(value!) }],
  )
  expect(byKey(sources)).toEqual(byKey(expected))
  const notJson = 'orderwire_dead_letters_total{reason="not_json"}'
  expect(await countedByWorkers(cluster, notJson)).toBeGreaterThanOrEqual(6)
  const binary = letters.find(({ orderId }) => orderId === 'binary-1')!
  const shown = JSON.parse(await deadLetters(cluster, 'show', binary.id, '--json')) as Letter
  expect(shown.value).toEqual({ base64: Buffer.from([0, 255, 254, 13]).toBase64() })

  // With a larger bound what was too big is none; what is of another service stays that.
  await cluster.workers[0]!.stop()
  await cluster.startWorker({ MAX_EVENT_BYTES: '131072' })
  const foreigners = letters.filter(({ reason }) => reason === 'foreign')
  const foreign = foreigners[0]!
  await deadLetters(cluster, 'redrive', '--reason', 'too_big', '--all', '--yes')
  await deadLetters(cluster, 'redrive', foreign.id, '--yes')
  await until(async () => (await listed(cluster, '--reason', 'foreign')).length > foreigners.length)
  await until(async () => {
    const facts = await loggedFacts(cluster)
    return [0, 1, 2].every((round) => facts.has(`too-big-${round}@1`))
  })
  const later = await listed(cluster)
  const sentBack = later.filter(({ redrivenAt }) => redrivenAt !== null)
  const tooBig = letters.filter(({ reason }) => reason === 'too_big')
  expect(idsOf(sentBack)).toEqual(idsOf([...tooBig, foreign]))
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  const [, alice] = watchers
  await until(() => alice!.orders.has('too-big-2'))
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
}, 180_000)

test('while dead letters cannot be kept, only the partition waits that has one', async () => {
  await using scene = await openScene({ everyMs: 20 })
  const { cluster, shoppers, watchers } = scene
  await using topics = await openTopics(cluster)
  const { created, deadLetter } = cluster.topics
  await topics.configure(deadLetter, { 'max.message.bytes': '10' })
  await shoppers.more(20)
  const poison = { topic: created, key: 'poison', value: 'no JSON' }
  await topics.kafka.producer().send([poison])
  const [place] = await placesOf(topics, created, 'poison')
  await shoppers.more(60)
  await shoppers.close()

  // Everything else comes through.
  const partition = partitionName(place!)
  const lagOf = (name: string) =>
    countedByWorkers(cluster, `orderwire_partition_lag_records{partition="${name}"}`)
  const spans = await topics.kafka.spans([
    created,
    cluster.topics.updated,
    cluster.topics.cancelled,
  ])
  const others = [...spans.keys()].filter((name) => name !== partition)
  // Lags are measured every few seconds: the one that waits is seen first, so that the others count.
  await until(async () => (await lagOf(partition)) > 0)
  await until(async () => (await Promise.all(others.map(lagOf))).every((lag) => lag === 0))
  const waiting = await topics.kafka.read(place!, place!.offset, 1_000)
  const behind = new Set(waiting.map(({ key }) => `${String(key)}@1`))
  // What was measured a moment ago may be older than the last orders.
  await until(async () => {
    const facts = await loggedFacts(cluster)
    return [...shoppers.acknowledged].every((fact) => facts.has(fact) || behind.has(fact))
  })
  expect(await countedByWorkers(cluster, 'orderwire_mirror_stalled_seconds')).toBeGreaterThan(0)

  await topics.configure(deadLetter, { 'max.message.bytes': '1048576' })
  await expectNothingLost(cluster, shoppers.acknowledged, watchers)
  for (const { stretches } of watchers) expect(stretches.length).toBe(1)
  const letters = await listed(cluster)
  expect(letters.length).toBeGreaterThan(0)
  for (const { source } of letters) expect(source).toMatchObject(place!)
  await until(
    async () => (await countedByWorkers(cluster, 'orderwire_mirror_stalled_seconds')) === 0,
  )
}, 120_000)
