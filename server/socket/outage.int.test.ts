import { afterEach, describe, expect, test } from 'bun:test'
import { openSqliteLog } from '../event-log/event-log.sqlite'
import { cursorOf } from '../event-log/entry'
import { openDatabase } from '../lib/database.sqlite'
import type { Cursor } from '../protocol/cursor'
import { LogValve } from '../testing/log-valve'
import type { SocketClient } from '../testing/socket-client'
import {
  eventOf,
  eventually,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'
import { tempFolder } from '../testing/temp-folder'

let server: SocketServer
let valve: LogValve

async function start(options: SocketServerOptions = {}): Promise<SocketServer> {
  const wrapLog = (log: ConstructorParameters<typeof LogValve>[0]) => (valve = new LogValve(log))
  return (server = await startSocketServer({ ...options, wrapLog }))
}

afterEach(async () => {
  valve.release()
  await server.stop()
})

async function subscribed(name: string, cursor?: Cursor): Promise<SocketClient> {
  const client = await server.signedIn(name)
  client.send({ event: 'subscribe:orders', data: cursor === undefined ? {} : { cursor } })
  return client
}

describe('a cursor newer than what this node has published', () => {
  test('waits for the tail', async () => {
    await start()
    const before = server.position()
    valve.hold()
    const cursor = await server.append('alice')
    const client = await subscribed('alice', cursor)
    const also = await subscribed('alice', before)
    expect((await also.nextOf('caught-up')).data).toMatchObject({ cursor: before, replayed: 0 })
    valve.release()
    expect((await client.nextOf('subscribed')).data).toMatchObject({ cursor, recovered: true })
    expect((await client.nextOf('caught-up')).data).toMatchObject({ cursor, replayed: 0 })
    expect((await also.nextOf('order:created')).id).toBe(cursor)
  })

  test('is sent elsewhere where the log has it and the tail does not come', async () => {
    await start({ hub: { aheadWaitMs: 20 } })
    valve.hold()
    const client = await subscribed('alice', await server.append('alice'))
    expect((await client.closed).code).toBe(1012)
  })

  test('waits no longer than its subscription', async () => {
    await start()
    valve.hold()
    const client = await subscribed('alice', await server.append('alice'))
    client.send({ event: 'unsubscribe:orders' }, { event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
    valve.release()
    await client.nextOf('order:created')
    client.send({ event: 'unsubscribe:orders' })
    expect((await client.next()).event).toBe('unsubscribed')
  })
})

test('a replay from the log stops at the position: what comes later is published, once', async () => {
  await start({ hub: { windowMaxEntries: 3 } })
  const cursor = await server.append('alice')
  for (let version = 2; version <= 6; version++) await server.append('alice', { version })
  await server.published()
  valve.hold()
  await server.appendAll([7, 8].map((version) => eventOf('alice', { version })))
  const client = await subscribed('alice', cursor)
  const { data } = await client.nextOf('caught-up')
  expect(data).toMatchObject({ cursor: server.position(), replayed: 5 })
  valve.release()
  expect((await client.nextOf('order:updated')).data.version).toBe(7)
  expect((await client.nextOf('order:updated')).data.version).toBe(8)
})

test('those who missed the same share one read of the log', async () => {
  await start({ hub: { windowMaxEntries: 3, replayConcurrency: 1 } })
  const cursor = server.position()
  for (let version = 1; version <= 10; version++) await server.append('alice', { version })
  await server.published()
  const clients = await Promise.all(Array.from({ length: 20 }, () => server.signedIn('alice')))
  for (const client of clients) client.send({ event: 'subscribe:orders', data: { cursor } })
  for (const client of clients) {
    expect((await client.nextOf('caught-up')).data.replayed).toBe(10)
  }
  expect(server.hub.counters.resumed.log).toBe(20)
  expect(valve.reads).toBe(1)
  // The window has run past the place where that read ended, or a gap came after it: read anew.
  for (let version = 11; version <= 20; version++) await server.append('alice', { version })
  await server.published()
  const late = await subscribed('alice', cursor)
  expect((await late.nextOf('caught-up')).data.replayed).toBe(20)
  const gap = { checkpoint: null }
  await server.log.append([{ partition: 'p', expected: null, gap }])
  await server.published()
  const after = await subscribed('alice', cursor)
  expect((await after.nextOf('subscribed')).data.reason).toBe('source_gap')
})

describe('a log that cannot be reached', () => {
  test('leaves the sockets alone, which are told how old it is what they see', async () => {
    await start({ hub: { heartbeatMs: 20, windowMaxEntries: 2 } })
    const old = server.position()
    for (let version = 1; version <= 3; version++) await server.append('alice', { version })
    await server.published()
    const client = await subscribed('alice')
    await client.nextOf('caught-up')
    valve.fail()
    let ageMs = 0
    while (ageMs < 100) ageMs = (await client.nextOf('heartbeat')).data.ageMs
    // Nothing can be said of a cursor that only the log knows.
    expect((await (await subscribed('alice', old)).closed).code).toBe(1013)
    // What is in memory is still good.
    const inMemory = await subscribed('alice', server.position())
    await inMemory.nextOf('caught-up')
    await server.append('alice', { version: 4 })
    valve.heal()
    expect((await client.nextOf('order:updated')).data.version).toBe(4)
    while (ageMs > 0) ageMs = (await client.nextOf('heartbeat')).data.ageMs
  })
})

describe('a log that does not go on where this node stands', () => {
  test('was exchanged: sockets resume, and old cursors are unknown', async () => {
    await start()
    const client = await subscribed('alice')
    await client.nextOf('caught-up')
    const cursor = await server.append('alice')
    await client.nextOf('order:created')
    using folder = tempFolder()
    const database = openDatabase(folder.path)
    const log = openSqliteLog(database, { retentionMs: 1e9, retentionMaxEntries: 100 })
    valve.exchange(log)
    expect((await client.closed).code).toBe(4409)
    expect(server.position()).toBe(cursorOf((await log.newest(1, 1))[0]!))
    const back = await subscribed('alice', cursor)
    expect((await back.nextOf('subscribed')).data).toMatchObject({ reason: 'unknown' })
    back.send({ event: 'subscribe:orders', data: {} })
    await back.nextOf('caught-up')
    await database.transact(() => log.appendInTransaction(eventOf('alice'), 'other@1'))
    await back.nextOf('order:created')
    await server.stop()
    log.close()
    database.close()
  })

  test('lacks an entry: seen by its tags, and made up for', async () => {
    await start()
    const client = await subscribed('alice')
    await client.nextOf('caught-up')
    const cursor = server.position()
    valve.skipNext = true
    await server.appendAll([1, 2].map((version) => eventOf('alice', { version })))
    expect((await client.closed).code).toBe(4409)
    expect(client.pending.filter((frame) => 'prev' in frame)).toEqual([])
    valve.skipNext = false
    expect(server.hub.counters.ended.position_lost).toBe(1)
    const back = await subscribed('alice', cursor)
    expect((await back.nextOf('caught-up')).data.replayed).toBe(2)
    await server.append('alice', { version: 3 })
    await back.nextOf('order:updated')
  })
})

test('a tail far behind its log sends its sockets to resume instead of flooding them', async () => {
  await start({ hub: { windowMaxEntries: 10 }, now: () => Date.now() - 60_000 })
  const client = await subscribed('alice')
  await client.nextOf('caught-up')
  const cursor = server.position()
  valve.hold()
  const versions = Array.from({ length: 30 }, (_, at) => at + 1)
  await server.appendAll(versions.map((version) => eventOf('alice', { version })))
  valve.release()
  expect((await client.closed).code).toBe(4409)
  expect(client.pending.filter((frame) => 'prev' in frame)).toEqual([])
  expect(server.hub.counters.ended.behind).toBe(1)
  const back = await subscribed('alice', cursor)
  expect((await back.nextOf('caught-up')).data.replayed).toBe(30)
  await eventually(() => server.hub.ageMs() === 0)
})
