import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { cursorOf } from '../event-log/entry'
import { openSqliteLog, type SqliteEventLog } from '../event-log/event-log.sqlite'
import { type Database, openDatabase } from '../lib/database.sqlite'
import type { Cursor } from '../protocol/cursor'
import { LogValve } from '../testing/log-valve'
import { resume, versions } from '../testing/resume'
import type { SocketClient } from '../testing/socket-client'
import {
  eventOf,
  eventually,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'
import { tempFolder } from '../testing/temp-folder'
import { within } from '../testing/within'

let server: SocketServer
let valve: LogValve

type Failing = Parameters<LogValve['fail']>[0]

async function start(options: SocketServerOptions = {}, failing?: Failing): Promise<SocketServer> {
  return (server = await startSocketServer({
    ...options,
    waitForLog: failing === undefined,
    wrapLog: (log) => {
      valve = new LogValve(log)
      if (failing) valve.fail(failing)
      return valve
    },
  }))
}

/** What the log became while nobody could read it: another one, with entries of its own. */
let other: SqliteEventLog
let otherDatabase: Database
let folder: ReturnType<typeof tempFolder>

beforeEach(() => {
  folder = tempFolder()
  otherDatabase = openDatabase(folder.path)
  other = openSqliteLog(otherDatabase, { retentionMs: 1e9, retentionMaxEntries: 1_000 })
})

afterEach(async () => {
  await server.stop()
  other.close()
  otherDatabase.close()
  folder[Symbol.dispose]()
})

async function appendToOther(...ofVersions: number[]): Promise<void> {
  await otherDatabase.transact(() => {
    for (const version of ofVersions) {
      other.appendInTransaction(eventOf('alice', { version }), `other@${version}`)
    }
  })
}

async function newestCursor(): Promise<Cursor> {
  return cursorOf((await other.newest(1, 1))[0]!)
}

async function subscribed(name: string, cursor?: Cursor): Promise<SocketClient> {
  const client = await server.signedIn(name)
  client.send({ event: 'subscribe:orders', data: cursor === undefined ? {} : { cursor } })
  return client
}

describe('a server that has not reached its log yet', () => {
  test('listens, and has neither a position nor a window', async () => {
    await start({}, 'log_unavailable')
    expect(server.hub.isLoaded()).toBe(false)
    expect(server.hub.position()).toBeNull()
    expect(server.hub.window()).toEqual({ entries: 0, bytes: 0, ageMs: 0 })
    await eventually(() => server.hub.ageMs() > 20)
    expect(server.hub.logStatus()).toBe('unreachable')
  })

  test('sends subscribers away until it has: nobody knows whether their cursors are good', async () => {
    await start({}, 'log_unavailable')
    expect((await (await subscribed('alice')).closed).code).toBe(1013)
    expect((await (await subscribed('alice', '5.0123abcd')).closed).code).toBe(1013)
    expect(server.hub.counters.postponed).toBe(2)
    valve.heal()
    await within(server.started, 'the window')
    expect(server.hub.logStatus()).toBe('ok')
    await resume(await server.signedIn('alice'), server.position())
    expect(server.hub.counters.resumed.window).toBe(1)
    expect(server.hub.ageMs()).toBe(0)
  })

  test('tells them to load a snapshot while the log is filled again, and stays open for them', async () => {
    await start({}, 'refilling')
    await eventually(() => server.hub.logStatus() === 'refilling')
    const client = await subscribed('alice', '5.0123abcd')
    const { data } = await client.nextOf('subscribed')
    expect(data).toMatchObject({ recovered: false, reason: 'refilling', cursor: null, last: null })
    expect(data.retryAfterMs).toBeGreaterThanOrEqual(0)
    expect((await (await subscribed('alice')).closed).code).toBe(1013)
    valve.heal()
    await within(server.started, 'the window')
    await resume(client, server.position())
    await server.append('alice')
    await client.nextOf('order:created')
  })

  test('says once that it cannot reach the log, and when it can again', async () => {
    await start({}, 'log_unavailable')
    const said = (msg: string, level: number) =>
      server.logLines.filter((line) => line.msg === msg && line.level === level).length
    await eventually(() => said('the log cannot be followed yet', 20) > 0)
    expect(said('the log cannot be followed', 40)).toBe(1)
    valve.heal()
    await within(server.started, 'the window')
    expect(said('the log is followed again', 30)).toBe(1)
  })
})

describe('a log that forgot and is filled again', () => {
  test('leaves a node that was loaded with what it had, and publishes nothing until it is whole', async () => {
    await start({ hub: { heartbeatMs: 20, windowMaxEntries: 4 } })
    const beyond = server.position()
    for (let version = 1; version <= 5; version++) await server.append('alice', { version })
    await server.published()
    const held = server.position()
    const client = await subscribed('alice')
    await client.nextOf('caught-up')

    valve.fail('refilling')
    await eventually(() => server.hub.logStatus() === 'refilling')
    valve.exchange(other)
    await appendToOther(1, 2, 3)
    // The sockets stay, and are told how old it is what they see.
    let ageMs = 0
    while (ageMs < 100) {
      const frame = await client.next()
      expect(frame.event).toBe('heartbeat')
      if (frame.event === 'heartbeat') ageMs = frame.data.ageMs
    }
    expect(server.position()).toBe(held)
    // What is in memory is as good as it was; what only the log knows is not to be had.
    expect(versions(await resume(await server.signedIn('alice'), held))).toEqual([])
    const [refused] = await resume(await server.signedIn('alice'), beyond)
    expect(refused).toMatchObject({ data: { recovered: false, reason: 'refilling' } })

    await appendToOther(4, 5, 6)
    valve.heal()
    expect((await client.closed).code).toBe(4409)
    expect(client.pending.filter((frame) => 'prev' in frame)).toEqual([])
    expect(server.position()).toBe(await newestCursor())
    const [unknown] = await resume(await server.signedIn('alice'), held)
    expect(unknown).toMatchObject({ data: { recovered: false, reason: 'unknown' } })
    // What was appended before the refill had ended is not news; what comes now is.
    const back = await server.signedIn('alice')
    await resume(back, server.position())
    await appendToOther(7)
    expect(versions([await back.nextOf('order:updated')])).toEqual([7])
  })

  test('keeps its sockets also where it was seen to be another one before it could be read', async () => {
    await start({ hub: { heartbeatMs: 20 } })
    const client = await server.signedIn('alice')
    await resume(client)
    const held = server.position()
    valve.exchange(other)
    valve.fail('refilling')
    await eventually(() => server.hub.logStatus() === 'refilling')
    for (let count = 0; count < 3; count++) {
      expect((await client.nextOf('heartbeat')).data.cursor).toBe(held)
    }
    expect(server.hub.counters.ended.position_lost).toBe(0)
    valve.heal()
    expect((await client.closed).code).toBe(4409)
    expect(server.hub.counters.ended.position_lost).toBe(1)
    expect(server.position()).toBe(await newestCursor())
  })

  test('sends thousands to resume in stages, and nothing reaches them in between', async () => {
    await start({ socket: { endOverMs: 1_000 } })
    const clients = await Promise.all(Array.from({ length: 60 }, () => server.signedIn('alice')))
    for (const client of clients) await resume(client)
    valve.exchange(other)
    await Promise.race(clients.map(({ closed }) => closed))
    const open = server.route.connections()
    expect(open).toBeGreaterThan(0)
    await appendToOther(1)
    await eventually(() => server.position() !== null && server.hub.counters.entries > 0)
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code))
    expect(new Set(codes)).toEqual(new Set([4409]))
    expect(clients.flatMap(({ pending }) => pending.filter((each) => 'prev' in each))).toEqual([])
  })
})

test('a log that is known not to answer is not asked again for each who comes', async () => {
  await start({ hub: { windowMaxEntries: 1 } })
  const old = server.position()
  await server.append('alice')
  await server.published()
  valve.fail()
  await eventually(() => server.hub.logStatus() === 'unreachable')
  const names = Array.from({ length: 20 }, (_, at) => `customer-${at}`)
  const clients = await Promise.all(names.map((name) => subscribed(name, old)))
  for (const client of clients) expect((await client.closed).code).toBe(1013)
  expect(valve.reads).toBe(0)
})

test('a log that is silent, and could not be read for a while, is up to date when it can be again', async () => {
  await start()
  valve.fail()
  await eventually(() => server.hub.ageMs() > 50)
  expect(server.hub.logStatus()).toBe('unreachable')
  valve.heal()
  await eventually(() => server.hub.logStatus() === 'ok')
  expect(server.hub.ageMs()).toBe(0)
})
