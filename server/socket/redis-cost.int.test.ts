import { RedisClient } from 'bun'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Cursor } from '../protocol/cursor'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { resume, versions } from '../testing/resume'
import { openSharedLog, type SharedTestLog } from '../testing/shared-log'
import { eventOf, eventually, type SocketServer, startSocketServer } from '../testing/socket-server'

/** What a mass resume asks of Redis: it is what all nodes and all clients share. */
const CLIENTS = 400

let redis: RedisProcess
let shared: SharedTestLog
let node: SocketServer
let admin: RedisClient

beforeEach(async () => {
  redis = await startRedis()
  shared = await openSharedLog(redis)
  admin = new RedisClient(redis.url)
})

afterEach(async () => {
  admin.close()
  await node.stop()
  await shared.close()
  await redis[Symbol.asyncDispose]()
})

async function aNode(windowMaxEntries: number): Promise<void> {
  const log = await shared.openFor()
  node = await startSocketServer({
    hub: { expectBeats: true, windowMaxEntries },
    socket: { maxSocketsPerUser: CLIENTS, maxUnauthenticatedPerAddress: CLIENTS },
    wrapLog: () => log,
  })
}

/** Calls that came over a connection; those that scripts make are part of theirs. */
async function calls(): Promise<number> {
  const text = String(await admin.send('INFO', ['commandstats']))
  const counts = [...text.matchAll(/^cmdstat_(?:evalsha|eval|xread):calls=(\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Resumes `CLIENTS` times from `cursor`; answers how many calls that took beside the tail's own. */
async function massResume(cursor: Cursor, missed: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => node.signedIn('alice')))
  const startedAt = performance.now()
  const before = await calls()
  const all = await Promise.all(clients.map((client) => resume(client, cursor)))
  const taken = (await calls()) - before
  for (const frames of all) expect(versions(frames)).toHaveLength(missed)
  // A tail at the head of a silent log waits a second, looks whether its place is held, and so on.
  const seconds = (performance.now() - startedAt) / 1_000
  return taken - 2 * Math.ceil(seconds + 1)
}

async function appendVersions(count: number): Promise<void> {
  const head = await shared.head()
  await shared.append(
    ...Array.from({ length: count }, (_, at) => eventOf('alice', { version: at + 1 })),
  )
  await eventually(() => node.position() !== head && node.hub.counters.entries === count)
}

test('within the window a resume asks Redis for nothing', async () => {
  await aNode(1_000)
  const cursor = node.position()
  await appendVersions(20)
  expect(await massResume(cursor, 20)).toBeLessThanOrEqual(0)
  expect(node.hub.counters.resumed).toEqual({ window: CLIENTS, log: 0 })
})

test('beyond the window those who missed the same share one read', async () => {
  await aNode(10)
  const cursor = node.position()
  await appendVersions(60)
  expect(await massResume(cursor, 60)).toBeLessThanOrEqual(0.02 * CLIENTS)
  expect(node.hub.counters.resumed).toEqual({ window: 0, log: CLIENTS })
})
