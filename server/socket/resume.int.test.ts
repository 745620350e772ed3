import { afterEach, describe, expect, test } from 'bun:test'
import { type Cursor, parseCursor } from '../protocol/cursor'
import { resume, versions } from '../testing/resume'
import type { SocketClient } from '../testing/socket-client'
import {
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'

let server: SocketServer

async function start(options?: SocketServerOptions): Promise<SocketServer> {
  return (server = await startSocketServer(options))
}

afterEach(() => server.stop())

async function nextHeartbeatAt(client: SocketClient, position: Cursor) {
  for (;;) {
    const heartbeat = await client.nextOf('heartbeat')
    if (heartbeat.data.cursor === position) return heartbeat
  }
}

test('a client without a cursor is live from the position, and gets its own orders only', async () => {
  await start()
  const before = await server.append('alice')
  const client = await server.signedIn('alice')
  await server.published()
  expect(await resume(client)).toEqual([
    { event: 'subscribed', data: { channel: 'orders', cursor: before, last: before } },
    { event: 'caught-up', data: { channel: 'orders', cursor: before, last: before, replayed: 0 } },
  ])
  await server.append('bob')
  const id = await server.append('alice', { version: 2 })
  expect(await client.next()).toMatchObject({
    event: 'order:updated',
    id,
    prev: before,
    data: { version: 2, buyerId: 'alice' },
  })
})

test('a cursor inside the window gets what was missed, in order, and then what is new', async () => {
  await start()
  const cursor = await server.append('alice')
  await server.append('bob', { version: 7 })
  const second = await server.append('alice', { version: 2 })
  const third = await server.append('alice', { version: 3 })
  await server.published()
  const client = await server.signedIn('alice')
  const frames = await resume(client, cursor)
  expect(frames.map(({ event }) => event)).toEqual([
    'subscribed',
    'order:updated',
    'order:updated',
    'caught-up',
  ])
  expect(frames[0]).toMatchObject({ data: { cursor, last: cursor, recovered: true } })
  expect(frames[1]).toMatchObject({ id: second, prev: cursor })
  expect(frames[2]).toMatchObject({ id: third, prev: second })
  expect(frames[3]).toMatchObject({ data: { cursor: third, last: third, replayed: 2 } })
  await server.append('alice', { version: 4 })
  expect(await client.next()).toMatchObject({ prev: third, data: { version: 4 } })
  expect(server.logLines).toContainEqual(
    expect.objectContaining({
      ...{ msg: 'resume', channel: 'orders', recovered: true },
      ...{ replayed: 2, from: 'window', subject: 'alice' },
    }),
  )
})

test('a client that never saw an event resumes from its heartbeat, from memory', async () => {
  await start({ hub: { windowMaxEntries: 8, heartbeatMs: 20 } })
  const client = await server.signedIn('carol')
  await resume(client)
  for (let version = 1; version <= 20; version++) await server.append('alice', { version })
  await server.published()
  const position = server.position()
  const { data } = await nextHeartbeatAt(client, position)
  expect(data).toMatchObject({ channel: 'orders', last: null, ageMs: 0 })
  await client.cut()
  await server.append('carol')
  await server.published()
  const back = await server.signedIn('carol')
  expect(versions(await resume(back, position))).toEqual([1])
  expect(server.hub.counters.resumed).toEqual({ window: 1, log: 0 })
})

test('a heartbeat names the last event that was published, as long as anybody listens', async () => {
  await start({ hub: { windowMaxEntries: 8, heartbeatMs: 20 } })
  const first = await server.signedIn('alice')
  await resume(first)
  const id = await server.append('alice')
  let position = await server.append('bob')
  for (let version = 2; version <= 10; version++) position = await server.append('bob', { version })
  await server.published()
  expect((await nextHeartbeatAt(first, position)).data.last).toBe(id)
  // Its window has forgotten the event, the node has not.
  const second = await server.signedIn('alice')
  const [subscribed] = await resume(second)
  expect(subscribed).toMatchObject({ data: { cursor: position, last: id } })
  const third = await server.signedIn('alice')
  const [resumed, caughtUp] = await resume(third, position)
  expect(resumed).toMatchObject({ data: { recovered: true, last: id } })
  expect(caughtUp).toMatchObject({ data: { last: id, replayed: 0 } })
})

test('a cut in the middle is made up for at once', async () => {
  await start()
  const client = await server.signedIn('alice')
  const [, caughtUp] = await resume(client)
  let cursor = caughtUp!.event === 'caught-up' ? caughtUp!.data.cursor : ''
  const seen: number[] = []
  let current = client
  for (let version = 1; version <= 20; version++) {
    const appended = server.append('alice', { version })
    if (version % 3 === 0) {
      await current.cut()
      await appended
      current = await server.signedIn('alice')
      current.send({ event: 'subscribe:orders', data: { cursor } })
    }
    await appended
    while (seen.at(-1) !== version) {
      const frame = await current.next()
      if (!('prev' in frame)) continue
      seen.push(frame.data.version)
      cursor = frame.id
    }
  }
  expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
})

test('a cursor beyond the window is replayed from the log', async () => {
  await start({ hub: { windowMaxEntries: 3 } })
  const cursor = await server.append('alice')
  for (let version = 2; version <= 20; version++) await server.append('alice', { version })
  await server.published()
  const client = await server.signedIn('alice')
  const frames = await resume(client, cursor)
  expect(versions(frames)).toEqual(Array.from({ length: 19 }, (_, at) => at + 2))
  expect(server.hub.counters.resumed).toEqual({ window: 0, log: 1 })
  await server.append('alice', { version: 21 })
  expect(await client.next()).toMatchObject({ data: { version: 21 } })
})

describe('cursors that are refused', () => {
  async function refusal(cursor: Cursor): Promise<unknown> {
    const client = await server.signedIn('alice')
    const [subscribed, ...rest] = await resume(client, cursor)
    expect(rest).toEqual([])
    expect(subscribed).toMatchObject({
      data: { channel: 'orders', cursor: null, last: null, recovered: false },
    })
    const data = subscribed!.event === 'subscribed' ? subscribed!.data : null
    expect(data!.retryAfterMs).toBeGreaterThanOrEqual(0)
    // Nothing is subscribed: the same channel can be subscribed again.
    await resume(client)
    await client.close()
    return data!.reason
  }

  test('what was trimmed is expired', async () => {
    await start({ hub: { windowMaxEntries: 2 }, retentionMaxEntries: 3 })
    const cursor = await server.append('alice')
    for (let version = 2; version <= 10; version++) await server.append('alice', { version })
    await server.log.trim()
    await server.published()
    expect(await refusal(cursor)).toBe('expired')
    expect(server.hub.counters.refused.expired).toBe(1)
  })

  test('more than may be replayed is too far, in the window and beyond it', async () => {
    await start({ hub: { windowMaxEntries: 15, replayMaxEntries: 5 } })
    const beyond = await server.append('alice')
    for (let version = 2; version <= 20; version++) await server.append('alice', { version })
    const inside = server.position()
    for (let version = 21; version <= 26; version++) await server.append('alice', { version })
    await server.published()
    expect(await refusal(beyond)).toBe('too_far')
    expect(await refusal(inside)).toBe('too_far')
  })

  test('of another log, forged, garbage, or newer than anything', async () => {
    await start({ hub: { aheadWaitMs: 50 } })
    const real = await server.append('alice')
    await server.append('alice', { version: 2 })
    await server.published()
    const { id, tag } = parseCursor(real)!
    const other = tag === '00000000' ? '11111111' : '00000000'
    const forged = [`${id}.${other}`, `999999.${tag}`, `1700000000000-0.${tag}`]
    for (const cursor of [...forged, '', 'garbage', '$', `${id}`, "1' OR 1=1 --"]) {
      expect(await refusal(cursor)).toBe('unknown')
    }
  })

  test('what lies before a gap in the source', async () => {
    await start({ hub: { windowMaxEntries: 3 } })
    const old = await server.append('alice')
    const recent = await server.append('alice', { version: 2 })
    await logGap()
    const gap = server.position()
    expect(await refusal(recent)).toBe('source_gap')
    await server.append('alice', { version: 3 })
    await server.append('alice', { version: 4 })
    await server.published()
    expect(await refusal(old)).toBe('source_gap')
    expect(versions(await resume(await server.signedIn('alice'), gap))).toEqual([3, 4])
  })
})

test("another customer's cursor is a position and no authority", async () => {
  await start()
  const cursor = await server.append('bob')
  await server.append('bob', { version: 2 })
  await server.append('alice', { version: 3 })
  await server.append('bob', { version: 4 })
  await server.published()
  expect(versions(await resume(await server.signedIn('alice'), cursor))).toEqual([3])
})

test('a gap that passes ends every subscription at once, and the sockets one after the other', async () => {
  await start({ socket: { endOverMs: 300 } })
  const clients = await Promise.all(
    ['alice', 'alice', 'alice'].map((name) => server.signedIn(name)),
  )
  for (const client of clients) await resume(client)
  const idle = await server.signedIn('dave')
  await logGap()
  await server.append('alice')
  for (const client of clients) {
    expect((await client.closed).code).toBe(4409)
    expect(client.pending.filter((frame) => 'prev' in frame)).toEqual([])
  }
  await resume(idle)
  expect(server.hub.topicCount()).toBe(1)
})

async function logGap(): Promise<void> {
  const gap = { checkpoint: null }
  await server.log.append([{ partition: 'order.created-0', expected: null, gap }])
  await server.published()
}
