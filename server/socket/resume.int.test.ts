import { afterEach, expect, test } from 'bun:test'
import type { Cursor } from '../protocol/cursor'
import type { EventFrame, ServerFrame } from '../protocol/frames'
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

/** Subscribes to `orders` and takes everything up to `caught-up`. */
async function resume(client: SocketClient, cursor?: Cursor): Promise<ServerFrame[]> {
  client.send({ event: 'subscribe:orders', data: cursor === undefined ? {} : { cursor } })
  return untilCaughtUp(client)
}

async function untilCaughtUp(client: SocketClient): Promise<ServerFrame[]> {
  const frames: ServerFrame[] = []
  for (;;) {
    const frame = await client.next()
    frames.push(frame)
    if (frame.event === 'caught-up') return frames
    if (frame.event === 'subscribed' && frame.data.recovered === false) return frames
  }
}

function versions(frames: readonly ServerFrame[]): number[] {
  return frames
    .filter((frame): frame is EventFrame => 'prev' in frame)
    .map(({ data }) => data.version)
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
