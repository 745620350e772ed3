import { afterEach, beforeEach, expect, test } from 'bun:test'
import { CLOSE_CODES } from '../../server/protocol/close-codes'
import type { Order } from '../../server/protocol/order'
import { createClient, type Client, type ClientOptions } from './index'
import { anEvent, anOrder, at } from './testing/orders'
import { record, type Recorder } from './testing/recorder'
import { startScriptedServer, type Peer, type ScriptedServer } from './testing/scripted-server'

let server: ScriptedServer
const clients: Client[] = []

beforeEach(() => {
  server = startScriptedServer()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

function start(options: Partial<ClientOptions> = {}): { client: Client; recorder: Recorder } {
  const client = createClient({
    url: server.url,
    token: async ({ reason }) => `token to ${reason}`,
    subject: 'alice',
    snapshot: async () => ({ items: [anOrder('a')], cursor: at(1) }),
    seams: { random: () => 0.1 },
    ...options,
  })
  clients.push(client)
  return { client, recorder: record(client) }
}

/** Answers a subscribe with cursor by a replay. */
function replay(peer: Peer, cursor: number, ...events: ReturnType<typeof anEvent>[]): void {
  const reached = events.at(-1)?.id ?? at(cursor)
  peer.send(
    {
      event: 'subscribed',
      data: { channel: 'orders', cursor: at(cursor), last: at(cursor), recovered: true },
    },
    ...events,
    {
      event: 'caught-up',
      data: { channel: 'orders', cursor: reached, last: reached, replayed: events.length },
    },
  )
}

async function live(options: Partial<ClientOptions> = {}, heartbeatMs = 10_000) {
  const { client, recorder } = start(options)
  client.subscribe('orders')
  client.connect()
  const peer = await server.peers.next()
  await peer.authenticate({ heartbeatMs })
  await peer.frames.next()
  replay(peer, 1)
  await recorder.until(({ status }) => status === 'live')
  await recorder.applied.next()
  await recorder.resumes.next()
  return { client, recorder, peer }
}

async function appliedOrder(recorder: Recorder): Promise<Order> {
  return (await recorder.applied.next()).args[0] as Order
}

test('authenticates first, loads a snapshot, and subscribes with its cursor', async () => {
  const { client, recorder } = start()
  client.subscribe('orders')
  client.connect()
  const peer = await server.peers.next()
  expect(await peer.authenticate()).toBe('token to connect')
  expect(await peer.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(1) } })
  const { event, args } = await recorder.applied.next()
  expect(event).toBe('snapshot')
  expect(args[0]).toMatchObject({ channel: 'orders', source: 'server', items: [anOrder('a')] })
  expect(client.state.status).toBe('catching-up')
  replay(peer, 1, anEvent(2, 1, anOrder('b')))
  expect(await appliedOrder(recorder)).toEqual(anOrder('b'))
  expect(await recorder.resumes.next()).toEqual({
    channel: 'orders',
    after: 'snapshot',
    recovered: true,
    replayed: 1,
  })
  expect(client.state).toMatchObject({ status: 'live', channels: { orders: 'live' } })
})

test('a cut connection resumes from the last event that was applied', async () => {
  const { recorder, peer } = await live()
  peer.send(anEvent(2, 1, anOrder('b')), anEvent(3, 2, anOrder('b', 2)))
  expect((await appliedOrder(recorder)).version).toBe(1)
  expect((await appliedOrder(recorder)).version).toBe(2)
  peer.cut()
  const next = await server.peers.next()
  await next.authenticate()
  expect(await next.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(3) } })
  replay(next, 3, anEvent(5, 3, anOrder('c')))
  expect((await appliedOrder(recorder)).orderId).toBe('c')
  expect(await recorder.resumes.next()).toMatchObject({ after: 'cut', replayed: 1 })
})

test('a replay that was cut is asked for again from where it stopped', async () => {
  const { recorder, peer } = await live()
  peer.cut()
  const second = await server.peers.next()
  await second.authenticate()
  await second.frames.next()
  second.send(
    {
      event: 'subscribed',
      data: { channel: 'orders', cursor: at(1), last: at(1), recovered: true },
    },
    anEvent(4, 1, anOrder('b')),
  )
  await recorder.applied.next()
  second.close(CLOSE_CODES.resume)
  const third = await server.peers.next()
  await third.authenticate()
  expect(await third.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(4) } })
})

test('a hole unsubscribes, ignores what is on its way, and resumes from the cursor', async () => {
  const { recorder, peer } = await live()
  peer.send(anEvent(3, 2, anOrder('b', 2)))
  expect(await peer.frames.next()).toEqual({ event: 'unsubscribe:orders' })
  peer.send(anEvent(4, 3, anOrder('b', 3)), {
    event: 'unsubscribed',
    data: { channel: 'orders' },
  })
  expect(await peer.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(1) } })
  const missed = [1, 2, 3].map((version) => anEvent(version + 1, version, anOrder('b', version)))
  replay(peer, 1, ...missed)
  for (const version of [1, 2, 3]) expect((await appliedOrder(recorder)).version).toBe(version)
  expect(await recorder.resumes.next()).toMatchObject({ after: 'hole', replayed: 3 })
})

test('two holes at the same cursor end in a snapshot', async () => {
  const { recorder, peer } = await live()
  for (const _ of [1, 2]) {
    peer.send(anEvent(3, 2, anOrder('b', 2)))
    await peer.frames.next()
    peer.send({ event: 'unsubscribed', data: { channel: 'orders' } })
    await peer.frames.next()
    replay(peer, 1)
  }
  expect(await recorder.applied.next()).toMatchObject({ event: 'snapshot' })
})

test('a cursor that cannot be resumed from ends in a snapshot', async () => {
  const { recorder, peer } = await live()
  peer.cut()
  const next = await server.peers.next()
  await next.authenticate()
  await next.frames.next()
  next.send({
    event: 'subscribed',
    data: {
      channel: 'orders',
      cursor: null,
      last: null,
      recovered: false,
      reason: 'expired',
      retryAfterMs: 5,
    },
  })
  expect(await recorder.resumes.next()).toEqual({
    channel: 'orders',
    after: 'cut',
    recovered: false,
    replayed: 0,
    reason: 'expired',
  })
  expect(await recorder.applied.next()).toMatchObject({ event: 'snapshot' })
  expect(await next.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(1) } })
})

test('a rejected token is replaced before the next connection', async () => {
  const { client } = start()
  client.connect()
  const peer = await server.peers.next()
  await peer.frames.next()
  peer.close(CLOSE_CODES.unauthorized)
  const next = await server.peers.next()
  expect(await next.authenticate()).toBe('token to rejected')
})

test('an ending that says never is obeyed', async () => {
  const { peer, recorder, client } = await live()
  peer.close(CLOSE_CODES.subjectChanged)
  expect(await recorder.until(({ status }) => status === 'refused')).toMatchObject({
    reason: 'subject changed',
    retryAt: null,
  })
  client.connect()
  await (await server.peers.next()).authenticate()
})

test('stops when nobody is signed in', async () => {
  const { client, recorder } = start({ token: async () => null })
  client.connect()
  await recorder.until(({ status }) => status === 'signed-out')
})

test('renews the token on the same connection before it expires', async () => {
  const { client } = start()
  client.connect()
  const peer = await server.peers.next()
  await peer.authenticate({ expiresAt: Date.now() / 1_000 + 2 })
  expect(await peer.frames.next()).toEqual({ event: 'auth', data: { token: 'token to renew' } })
})

test('a silent connection is dropped, and the client resumes on another', async () => {
  const { peer } = await live({}, 20)
  const next = await server.peers.next()
  await next.authenticate()
  expect(await next.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(1) } })
  await peer.closed
})

test('several objects in a frame, unknown events and broken lines between them', async () => {
  const { recorder, peer } = await live()
  peer.send(
    anEvent(2, 1, anOrder('b')),
    '{"event":"order:teleported","id":"9.00000009"}',
    'not JSON',
    '',
    anEvent(3, 2, anOrder('b', 2)),
  )
  await recorder.applied.next()
  expect(await appliedOrder(recorder)).toEqual(anOrder('b', 2))
  expect(await recorder.problems.next()).toMatchObject({ source: 'frame' })
})

test('a listener that throws is reported, and keeps nobody from the event', async () => {
  const { client, recorder, peer } = await live()
  client.on('order:created', () => {
    throw new Error('broken listener')
  })
  const after: string[] = []
  client.on('order:created', ({ orderId }) => after.push(orderId))
  peer.send(anEvent(2, 1, anOrder('b')), anEvent(3, 2, anOrder('c')))
  expect(await recorder.problems.next()).toMatchObject({ source: 'app' })
  await recorder.problems.next()
  expect(after).toEqual(['b', 'c'])
  expect(client.place('orders')?.cursor).toBe(at(3))
})

test('nothing is told after the app closed, also of a frame that had arrived', async () => {
  const { client, recorder, peer } = await live()
  client.on('order:created', () => client.close())
  client.on('age', () => {
    throw new Error('told after the end')
  })
  peer.send(anEvent(2, 1, anOrder('b')), {
    event: 'heartbeat',
    data: { channel: 'orders', cursor: at(2), last: at(2), ageMs: 0 },
  })
  await recorder.until(({ status }) => status === 'idle')
  expect(await peer.closed).toBe(1_000)
  expect(recorder.problems.size).toBe(0)
})

test('a refused channel is told, and the others go on', async () => {
  const { client, recorder } = start()
  client.subscribe('admin')
  client.subscribe('orders')
  client.connect()
  const peer = await server.peers.next()
  await peer.authenticate()
  expect(await peer.frames.next()).toMatchObject({ event: 'subscribe:admin' })
  peer.send({ event: 'error', data: { code: 'forbidden', message: 'staff only' } })
  expect(await recorder.problems.next()).toMatchObject({ source: 'server', code: 'forbidden' })
  expect(await peer.frames.next()).toMatchObject({ event: 'subscribe:orders' })
  replay(peer, 1)
  const state = await recorder.until(({ status }) => status === 'live')
  expect(state.channels).toEqual({ admin: 'refused', orders: 'live' })
})

test('nothing of a channel is delivered after unsubscribe, and it can be wanted again', async () => {
  const { client, recorder, peer } = await live()
  client.unsubscribe('orders')
  client.subscribe('orders')
  expect(await peer.frames.next()).toEqual({ event: 'unsubscribe:orders' })
  peer.send(anEvent(2, 1, anOrder('b')), { event: 'unsubscribed', data: { channel: 'orders' } })
  expect(await peer.frames.next()).toEqual({ event: 'subscribe:orders', data: { cursor: at(1) } })
  expect(await recorder.applied.next()).toMatchObject({ event: 'snapshot' })
  expect(recorder.applied.size).toBe(0)
})
