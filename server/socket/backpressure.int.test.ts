import { afterEach, describe, expect, test } from 'bun:test'
import { resume, versions } from '../testing/resume'
import { SlowReader } from '../testing/slow-reader'
import { connectSocket } from '../testing/socket-client'
import {
  eventOf,
  eventually,
  orderOf,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'

const address = orderOf(null).shippingAddress!
let server: SocketServer

async function start(options?: SocketServerOptions): Promise<SocketServer> {
  return (server = await startSocketServer(options))
}

afterEach(() => server.stop())

describe('a replay that is larger than what may be buffered', () => {
  const limits = { backpressureLimitBytes: 262_144 }
  const padding = 'x'.repeat(20_000)
  const big = (version: number) =>
    eventOf('alice', { version, shippingAddress: { ...address, line2: `${padding}${version}` } })
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at)

  // More than the kernel's buffers and ours take: it has to go on at `drain`.
  for (const [where, windowMaxEntries] of [
    ['in the window', 2_000],
    ['beyond the window', 200],
  ] as const) {
    test(`arrives whole, and so does what happens meanwhile (${where})`, async () => {
      await start({ hub: { ...limits, windowMaxEntries } })
      const cursor = server.position()
      await server.appendAll(range(1, 800).map(big))
      await server.published()
      const client = await server.signedIn('alice')
      client.send({ event: 'subscribe:orders', data: { cursor } })
      await client.nextOf('subscribed')
      for (let version = 801; version <= 830; version++) {
        await server.append('alice', { version })
        await server.append('bob', { version })
      }
      const seen: number[] = []
      while (seen.length < 830) {
        const frame = await client.next()
        if ('prev' in frame) seen.push(frame.data.version)
      }
      expect(seen).toEqual(range(1, 830))
      await server.append('alice', { version: 831 })
      expect(versions([await client.next()])).toEqual([831])
    })
  }

  test('is what a burst is not: it does not close those who read as fast as they can', async () => {
    await start({ hub: limits })
    const client = await server.signedIn('alice')
    await resume(client)
    await server.appendAll(range(1, 800).map(big))
    for (let version = 1; version <= 800; version++) {
      expect(
        (await client.nextOf(version === 1 ? 'order:created' : 'order:updated')).data.version,
      ).toBe(version)
    }
  })

  test('ends at unsubscribe, and nothing of it comes afterwards', async () => {
    await start({ hub: limits })
    const cursor = server.position()
    await server.appendAll(range(1, 800).map(big))
    await server.published()
    const reader = await SlowReader.connect(server.url)
    reader.send({ event: 'auth', data: { token: await server.token('alice') } })
    await reader.until('authenticated')
    reader.pause()
    reader.send({ event: 'subscribe:orders', data: { cursor } })
    reader.send({ event: 'unsubscribe:orders' })
    reader.send({ event: 'subscribe:orders', data: {} })
    reader.send({ event: 'subscribe:orders', data: {} })
    reader.resume()
    await reader.until('already_subscribed')
    await server.append('alice', { version: 801 })
    await reader.until('"version":801')
    expect(reader.receivedBytes).toBeLessThan(800 * 20_000)
    reader.end()
  })

  test('ends with the token: not a byte more', async () => {
    await start({ hub: limits })
    const cursor = server.position()
    await server.appendAll(range(1, 800).map(big))
    await server.published()
    const reader = await SlowReader.connect(server.url)
    const token = await server.token('alice', { expiresInSeconds: 1 })
    reader.send({ event: 'auth', data: { token } })
    await reader.until('authenticated')
    reader.pause()
    reader.send({ event: 'subscribe:orders', data: { cursor } })
    await eventually(() => server.route.connections() === 0)
    reader.resume()
    await reader.closed
    expect(reader.receivedBytes).toBeLessThan(800 * 20_000)
    expect(server.route.counters.closed).toEqual({ 4401: 1 })
  })

  test('is broken off where the window has run past it, and the client resumes', async () => {
    await start({ hub: { ...limits, windowMaxEntries: 500 } })
    const cursor = server.position()
    await server.appendAll(range(1, 400).map(big))
    await server.published()
    const reader = await SlowReader.connect(server.url)
    reader.send({ event: 'auth', data: { token: await server.token('alice') } })
    await reader.until('authenticated')
    reader.pause()
    reader.send({ event: 'subscribe:orders', data: { cursor } })
    const other = await server.signedIn('bob')
    await resume(other)
    await server.appendAll(range(1, 600).map((version) => eventOf('bob', { version })))
    await server.published()
    reader.resume()
    await reader.closed
    expect(server.hub.counters.unfinished).toBe(1)
    expect(server.route.counters.closed).toEqual({ 4409: 1 })
  })

  test('is not waited for for ever', async () => {
    await start({ hub: { ...limits, replayStallMs: 100 } })
    const cursor = server.position()
    await server.appendAll(range(1, 400).map(big))
    await server.published()
    const reader = await SlowReader.connect(server.url)
    reader.send({ event: 'auth', data: { token: await server.token('alice') } })
    await reader.until('authenticated')
    reader.pause()
    reader.send({ event: 'subscribe:orders', data: { cursor } })
    await eventually(() => server.route.counters.stalled === 1)
    reader.resume()
    await reader.closed
  })
})

test('who breaks with much unread is counted as a slow reader, others are not', async () => {
  await start({ hub: { backpressureLimitBytes: 262_144 }, socket: { authTimeoutMs: 1_000 } })
  const cursor = server.position()
  const line2 = 'x'.repeat(20_000)
  const events = Array.from({ length: 800 }, (_, at) =>
    eventOf('alice', { version: at + 1, shippingAddress: { ...address, line2 } }),
  )
  await server.appendAll(events)
  await server.published()
  const quick = await server.signedIn('bob')
  const slow = await SlowReader.connect(server.url)
  slow.send({ event: 'auth', data: { token: await server.token('alice') } })
  await slow.until('authenticated')
  slow.pause()
  slow.send({ event: 'subscribe:orders', data: { cursor } })
  await eventually(() => server.hub.counters.resumed.window === 1)
  // Its end proves that all sockets were looked at since.
  await (
    await connectSocket(server.url)
  ).closed
  slow.end()
  await quick.cut()
  await eventually(() => server.route.connections() === 0)
  expect(server.route.counters.closed).toEqual({ 1006: 2, 4408: 1 })
  expect(server.route.counters.slow).toBe(1)
})

test('a slow reader is closed, alone; the others get everything', async () => {
  await start({ hub: { backpressureLimitBytes: 262_144 } })
  const names = ['alice', 'bob', 'carol']
  const boards = await Promise.all(names.map((name) => server.signedIn(name, { staff: true })))
  for (const board of boards) {
    board.send({ event: 'subscribe:admin', data: {} })
    await board.nextOf('caught-up')
  }
  const slow = await SlowReader.connect(server.url)
  slow.send({ event: 'auth', data: { token: await server.token('dave', { staff: true }) } })
  await slow.until('authenticated')
  slow.send({ event: 'subscribe:admin', data: {} })
  await slow.until('caught-up')
  slow.pause()
  const line2 = 'x'.repeat(20_000)
  let version = 0
  while (server.route.connections() > 3) {
    const events = Array.from({ length: 20 }, () =>
      eventOf('alice', { version: ++version, shippingAddress: { ...address, line2 } }),
    )
    await server.appendAll(events)
    await server.published()
    expect(version).toBeLessThan(5_000)
  }
  for (const board of boards) {
    for (let expected = 1; expected <= version; expected++) {
      const frame = await board.next()
      if (!('prev' in frame)) expected--
      else expect(frame.data.version).toBe(expected)
    }
  }
  expect(server.route.counters.closed).toEqual({ 1006: 1 })
  slow.end()
})
