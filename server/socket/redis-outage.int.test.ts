import { RedisClient } from 'bun'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type RedisProcess, startRedis } from '../testing/redis-process'
import { resume, versions } from '../testing/resume'
import { openSharedLog, type SharedTestLog } from '../testing/shared-log'
import type { SocketClient } from '../testing/socket-client'
import {
  eventOf,
  eventually,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'
import { within } from '../testing/within'

let redis: RedisProcess
let shared: SharedTestLog
let node: SocketServer | null = null

beforeEach(async () => {
  redis = await startRedis({ appendonly: true, appendfsync: 'always' })
  shared = await openSharedLog(redis)
})

afterEach(async () => {
  if (redis.runs) redis.resume()
  await node?.stop()
  node = null
  await shared.close()
  await redis[Symbol.asyncDispose]()
})

async function aNode(options: SocketServerOptions = {}): Promise<SocketServer> {
  const log = await shared.openFor()
  node = await startSocketServer({
    ...options,
    hub: { expectBeats: true, heartbeatMs: 50, ...options.hub },
    wrapLog: () => log,
  })
  return node
}

async function live(server: SocketServer): Promise<SocketClient> {
  const client = await server.signedIn('alice')
  await resume(client)
  return client
}

/** The events that arrive, up to a version; heartbeats in between are left out. */
async function upTo(client: SocketClient, version: number): Promise<number[]> {
  const seen: number[] = []
  const deadline = performance.now() + 15_000
  while (seen.at(-1) !== version) {
    seen.push(...versions([await client.next(deadline - performance.now())]))
  }
  return seen
}

async function heartbeatOf(client: SocketClient, is: (ageMs: number) => boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!is((await client.nextOf('heartbeat', deadline - performance.now())).data.ageMs));
}

describe('a Redis that is away', () => {
  test('was killed: sockets stay, are told the age, and miss nothing once it is back', async () => {
    const server = await aNode()
    const client = await live(server)
    await shared.append(eventOf('alice'))
    expect(await upTo(client, 1)).toEqual([1])
    await redis.kill()
    await heartbeatOf(client, (ageMs) => ageMs > 500)
    expect(server.hub.logStatus()).toBe('unreachable')
    // What is in memory is served from there.
    expect(versions(await resume(await server.signedIn('alice'), server.position()))).toEqual([])
    await redis.restart()
    await eventually(() => server.hub.logStatus() === 'ok', 15_000)
    await shared.append(eventOf('alice', { version: 2 }))
    expect(await upTo(client, 2)).toEqual([2])
    await heartbeatOf(client, (ageMs) => ageMs < 500)
    expect(server.route.connections()).toBe(2)
    expect(server.hub.counters.ended).toEqual({ position_lost: 0, behind: 0, source_gap: 0 })
  }, 30_000)

  test('hangs: nobody waits for it without an end', async () => {
    const server = await aNode({ hub: { windowMaxEntries: 2 } })
    const old = server.position()
    await shared.append(...[1, 2, 3].map((version) => eventOf('alice', { version })))
    const head = await shared.head()
    // From then on the old place is in the log alone.
    await eventually(() => server.position() === head)
    const client = await live(server)
    redis.pause()
    await heartbeatOf(client, (ageMs) => ageMs > 500)
    const asking = await server.signedIn('bob')
    asking.send({ event: 'subscribe:orders', data: { cursor: old } })
    expect((await within(asking.closed, 'an answer')).code).toBe(1013)
    redis.resume()
    await shared.append(eventOf('alice', { version: 4 }))
    expect(await upTo(client, 4)).toEqual([4])
  }, 30_000)

  test('was never there since the start: the node listens, and loads when it comes', async () => {
    await shared.append(eventOf('alice'))
    const cursor = await shared.head()
    await redis.kill()
    const server = await aNode({ waitForLog: false })
    expect(server.hub.position()).toBeNull()
    const early = await server.signedIn('alice')
    early.send({ event: 'subscribe:orders', data: { cursor } })
    expect((await early.closed).code).toBe(1013)
    await redis.restart()
    await within(server.started, 'the window', 15_000)
    expect(await resume(await server.signedIn('alice'), cursor)).toHaveLength(2)
  }, 30_000)
})

describe('a Redis that forgot everything', () => {
  test('is published from again once it is filled, and false cursors are told so', async () => {
    const server = await aNode()
    const client = await live(server)
    await shared.append(eventOf('alice'))
    await upTo(client, 1)
    const before = server.position()

    await redis.restart()
    await tell(redis, 'FLUSHALL')
    await eventually(() => server.hub.logStatus() === 'refilling', 15_000)
    expect(server.position()).toBe(before)
    await shared.reopen(3)
    await shared.append(eventOf('alice', { version: 1 }), eventOf('alice', { version: 2 }))
    // Another node that starts now has nothing to serve from, and says so.
    const log = await shared.openFor()
    const fresh = await startSocketServer({ wrapLog: () => log, waitForLog: false })
    try {
      await eventually(() => fresh.hub.logStatus() === 'refilling', 15_000)
      const waiting = await fresh.signedIn('alice')
      const [refilling] = await resume(waiting, before)
      expect(refilling).toMatchObject({ data: { recovered: false, reason: 'refilling' } })
      expect(server.position()).toBe(before)

      await shared.append(eventOf('alice', { version: 3 }))
      expect((await within(client.closed, 'the end', 15_000)).code).toBe(4409)
      expect(client.pending.filter((frame) => 'prev' in frame)).toEqual([])
      await within(fresh.started, 'the window', 15_000)
      for (const one of [server, fresh]) {
        const [unknown] = await resume(await one.signedIn('alice'), before)
        expect(unknown).toMatchObject({ data: { recovered: false, reason: 'unknown' } })
        expect(one.position()).toBe(await shared.head())
      }
      const back = await live(server)
      await resume(waiting, fresh.position())
      await shared.append(eventOf('alice', { version: 4 }))
      expect(await upTo(back, 4)).toEqual([4])
      expect(await upTo(waiting, 4)).toEqual([4])
    } finally {
      await fresh.stop()
    }
  }, 45_000)
})

test('a Redis that lost its newest entries: their cursors are unknown, older ones are good', async () => {
  await redis[Symbol.asyncDispose]()
  await shared.close()
  redis = await startRedis()
  shared = await openSharedLog(redis)
  const server = await aNode()
  await shared.append(...[1, 2].map((version) => eventOf('alice', { version })))
  const kept = await shared.head()
  await tell(redis, 'SAVE')
  const client = await live(server)
  await shared.append(eventOf('alice', { version: 3 }))
  expect(await upTo(client, 3)).toEqual([3])
  const lost = server.position()

  await redis.kill()
  await redis.restart()
  expect((await within(client.closed, 'the end', 15_000)).code).toBe(4409)
  await eventually(() => server.position() === kept, 15_000)
  const [unknown] = await resume(await server.signedIn('alice'), lost)
  expect(unknown).toMatchObject({ data: { recovered: false, reason: 'unknown' } })
  // The worker brings the lost record again, under another cursor.
  const back = await server.signedIn('alice')
  expect(versions(await resume(back, kept))).toEqual([])
  await shared.append(eventOf('alice', { version: 3 }))
  expect(await upTo(back, 3)).toEqual([3])
}, 45_000)

async function tell({ url }: RedisProcess, command: string): Promise<void> {
  const admin = new RedisClient(url)
  await admin.send(command, [])
  admin.close()
}
