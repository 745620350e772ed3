import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Cursor } from '../protocol/cursor'
import type { ServerFrame } from '../protocol/frames'
import { LogValve } from '../testing/log-valve'
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

/** Several nodes on one log in Redis. */
let redis: RedisProcess
let shared: SharedTestLog
const nodes: SocketServer[] = []
const valves: LogValve[] = []

beforeAll(async () => {
  redis = await startRedis()
})

beforeEach(async () => {
  shared = await openSharedLog(redis)
})

afterEach(async () => {
  for (const valve of valves.splice(0)) valve.release()
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
  await shared.close()
})

afterAll(() => redis[Symbol.asyncDispose]())

/** A node, and what stands between it and the log. */
async function aNode(options: SocketServerOptions = {}): Promise<[SocketServer, LogValve]> {
  const valve = new LogValve(await shared.openFor())
  valves.push(valve)
  const node = await startSocketServer({
    ...options,
    hub: { expectBeats: true, ...options.hub },
    wrapLog: () => valve,
  })
  nodes.push(node)
  return [node, valve]
}

async function published(node: SocketServer): Promise<Cursor> {
  const head = await shared.head()
  await eventually(() => node.hub.position() === head)
  return head
}

const updates = (from: number, to: number, customer = 'alice') =>
  Array.from({ length: to - from + 1 }, (_, at) => eventOf(customer, { version: from + at }))

async function subscribed(node: SocketServer, cursor: Cursor): Promise<SocketClient> {
  const client = await node.signedIn('alice')
  client.send({ event: 'subscribe:orders', data: { cursor } })
  return client
}

test('what is appended once is published by each node, under one cursor', async () => {
  const [[first], [second]] = [await aNode(), await aNode()]
  const clients = await Promise.all([first, second].map((node) => node.signedIn('alice')))
  for (const client of clients) await resume(client)
  await shared.append(eventOf('alice'))
  const ids = await Promise.all(
    clients.map(async (each) => (await each.nextOf('order:created')).id),
  )
  expect(new Set(ids).size).toBe(1)
})

test('a client that changes nodes all the time gets each event once, in order', async () => {
  const both = [(await aNode())[0], (await aNode())[0]]
  let cursor = both[0]!.position()
  const seen: number[] = []
  const COUNT = 150
  const writing = (async () => {
    for (let version = 1; version <= COUNT; version++) {
      await shared.append(eventOf('alice', { version }), eventOf('bob', { version }))
    }
  })()
  for (let turn = 0; seen.at(-1) !== COUNT; turn++) {
    const client = await subscribed(both[turn % 2]!, cursor)
    // A few frames, then elsewhere; where the other node is behind, it waits for its tail.
    for (let count = 0; count < 8 && seen.at(-1) !== COUNT; count++) {
      const frame: ServerFrame = await client.next()
      if ('prev' in frame) {
        seen.push(frame.data.version)
        cursor = frame.id
      } else if (frame.event === 'caught-up') cursor = frame.data.cursor
      else if (frame.event === 'subscribed') expect(frame.data.recovered).toBe(true)
    }
    await client.cut()
  }
  await writing
  expect(seen).toEqual(Array.from({ length: COUNT }, (_, at) => at + 1))
})

describe('a node behind the one that a client comes from', () => {
  test('waits for its tail, and goes on in the middle of what comes through', async () => {
    const [ahead] = await aNode()
    const [behind, valve] = await aNode()
    valve.hold()
    const before = await ahead.signedIn('alice')
    await resume(before)
    await shared.append(...updates(2, 6))
    for (const version of [2, 3]) {
      expect(versions([await before.nextOf('order:updated')])).toEqual([version])
    }
    const cursor = (await before.nextOf('order:updated')).id
    await before.cut()
    const client = await subscribed(behind, cursor)
    // Its answer proves that the subscribe before it was taken.
    client.sendRaw('{}')
    await client.nextOf('error')
    valve.release()
    expect((await client.nextOf('subscribed')).data).toMatchObject({ cursor, recovered: true })
    const seen = [await client.next(), await client.next()]
    expect(versions(seen)).toEqual([5, 6])
    await shared.append(...updates(7, 7))
    expect(versions([await client.nextOf('order:updated')])).toEqual([7])
  })

  for (const [what, appendMore] of [
    ['an event', () => shared.append(...updates(2, 2))],
    ['nothing but a beat', () => shared.log.beat(0, 0)],
  ] as const) {
    test(`asks the log and sends it on, where it lacks ${what}; elsewhere nothing is lost`, async () => {
      const [ahead] = await aNode()
      const [behind, valve] = await aNode({ hub: { aheadWaitMs: 50 } })
      await shared.append(...updates(1, 1))
      for (const node of [ahead, behind]) await published(node)
      valve.hold()
      await appendMore()
      const cursor = await published(ahead)
      const client = await subscribed(behind, cursor)
      expect((await client.closed).code).toBe(1012)
      expect(behind.hub.counters.moved).toBe(1)
      await shared.append(...updates(3, 4))
      await published(ahead)
      const back = await resume(await ahead.signedIn('alice'), cursor)
      expect(versions(back)).toEqual([3, 4])
    })
  }

  test('tells a cursor that is of no log apart, though it is ahead, too', async () => {
    const [node] = await aNode({ hub: { aheadWaitMs: 20 } })
    const [refused] = await resume(await node.signedIn('alice'), '99999999999999-0.0123abcd')
    expect(refused).toMatchObject({ data: { recovered: false, reason: 'unknown' } })
  })
})

test('a revocation closes the subject’s sockets on every node', async () => {
  const both = [(await aNode())[0], (await aNode())[0]]
  const clients = await Promise.all(both.map((node) => node.signedIn('alice')))
  await shared.log.note({ kind: 'revoke', note: 'alice' })
  for (const client of clients) expect((await client.closed).code).toBe(4401)
})

test('a node that drains sends its clients to another, where they go on', async () => {
  const [[leaving], [staying]] = [await aNode(), await aNode()]
  const clients = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const client = await leaving.signedIn('alice')
      await resume(client)
      return client
    }),
  )
  await shared.append(...updates(1, 1))
  const cursors = await Promise.all(
    clients.map(async (client) => (await client.nextOf('order:created')).id),
  )
  const draining = leaving.route.drain({ stages: 4, overMs: 100 })
  const refused: unknown = await leaving.signedIn('alice').catch((error: unknown) => error)
  expect(String(refused)).toContain('not connected')
  await shared.append(...updates(2, 3))
  const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code))
  expect(new Set(codes)).toEqual(new Set([1012]))
  await draining
  await leaving.stop()
  for (const [at, client] of clients.entries()) {
    const live = versions(client.pending)
    const last = client.pending.filter((frame) => 'prev' in frame).at(-1)
    const back = await resume(await staying.signedIn('alice'), last?.id ?? cursors[at])
    expect([...live, ...versions(back)]).toEqual([2, 3])
  }
})
