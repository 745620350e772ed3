import { afterEach, describe, expect, test } from 'bun:test'
import { connectSocket, type SocketClient } from '../testing/socket-client'
import {
  eventually,
  type SocketServer,
  type SocketServerOptions,
  startSocketServer,
} from '../testing/socket-server'

let server: SocketServer

async function start(options?: SocketServerOptions): Promise<SocketServer> {
  return (server = await startSocketServer(options))
}

afterEach(() => server.stop())

async function auth(client: SocketClient, ...token: Parameters<SocketServer['token']>) {
  client.send({ event: 'auth', data: { token: await server.token(...token) } })
}

describe('auth', () => {
  test('tells when the token expires and how often the heart beats', async () => {
    await start()
    const client = await connectSocket(server.url)
    await auth(client, 'alice')
    const { expiresAt, heartbeatMs } = (await client.nextOf('authenticated')).data
    expect(expiresAt).toBeGreaterThan(Date.now() / 1_000)
    expect(heartbeatMs).toBe(server.hub.limits.heartbeatMs)
  })

  test('a bad token closes with a code that asks for another', async () => {
    await start()
    const client = await connectSocket(server.url)
    client.send({ event: 'auth', data: { token: 'nonsense' } })
    expect(await client.closed).toEqual({ code: 4401, reason: 'unauthorized' })
  })

  test('that does not come in time closes', async () => {
    await start({ socket: { authTimeoutMs: 50 } })
    const client = await connectSocket(server.url)
    expect((await client.closed).code).toBe(4408)
  })

  test('of the request itself needs no frame, and a bad one no socket', async () => {
    await start()
    const headers = { authorization: `Bearer ${await server.token('alice')}` }
    const client = await connectSocket(server.url, { headers })
    await client.nextOf('authenticated')
    client.send({ event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
    const refused = connectSocket(server.url, { headers: { authorization: 'Bearer nonsense' } })
    expect(refused).rejects.toThrow('not connected')
    await refused.catch(() => {})
    expect(server.route.counters.refused).toEqual({ 401: 1 })
  })

  test('comes before everything else', async () => {
    await start()
    const client = await connectSocket(server.url)
    client.send({ event: 'subscribe:orders', data: {} })
    expect(await client.next()).toMatchObject({ event: 'error', data: { code: 'unauthenticated' } })
  })

  test('a renewal keeps what runs; another subject ends it', async () => {
    await start()
    const client = await server.signedIn('alice')
    client.send({ event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
    await auth(client, 'alice', { expiresInSeconds: 7_200 })
    await client.nextOf('authenticated')
    await server.append('alice')
    await client.nextOf('order:created')
    await auth(client, 'bob')
    expect((await client.closed).code).toBe(4403)
  })

  test('frames that were pipelined behind it wait for it, in their order', async () => {
    await start({ beforeVerify: () => new Promise((resolve) => setImmediate(resolve)) })
    const client = await connectSocket(server.url)
    const token = await server.token('sam', { staff: true })
    client.send(
      { event: 'auth', data: { token } },
      { event: 'subscribe:orders', data: {} },
      { event: 'subscribe:admin', data: {} },
    )
    client.send({ event: 'unsubscribe:orders' })
    client.send({ event: 'auth', data: { token } }, { event: 'unsubscribe:admin' })
    const events: string[] = []
    while (events.at(-1) !== 'unsubscribed admin') {
      const { event, data } = await client.next()
      events.push('channel' in data ? `${event} ${data.channel}` : event)
    }
    expect(events).toEqual([
      'authenticated',
      ...['subscribed orders', 'caught-up orders'],
      ...['subscribed admin', 'caught-up admin'],
      'unsubscribed orders',
      'authenticated',
      'unsubscribed admin',
    ])
  })
})

describe('who may see what', () => {
  test("the board's channel is refused without the role, with a code, and the socket stays", async () => {
    await start()
    const client = await server.signedIn('alice')
    client.send({ event: 'subscribe:admin', data: {} })
    expect(await client.next()).toMatchObject({ event: 'error', data: { code: 'forbidden' } })
    client.send({ event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
  })

  test('staff get the orders of all, guests included', async () => {
    await start()
    const client = await server.signedIn('sam', { staff: true })
    client.send({ event: 'subscribe:admin', data: {} })
    await client.nextOf('caught-up')
    await server.append('alice', {}, { staffOnly: '"fraudScore":7' })
    await server.append(null)
    expect((await client.nextOf('admin:order:created')).data).toMatchObject({
      ...{ buyerId: 'alice', fraudScore: 7 },
    })
    expect((await client.nextOf('admin:order:created')).data.buyerId).toBeNull()
  })

  test('a renewal without the role ends the subscription of the board', async () => {
    await start()
    const client = await server.signedIn('sam', { staff: true })
    client.send({ event: 'subscribe:admin', data: {} })
    await client.nextOf('caught-up')
    await auth(client, 'sam')
    await client.nextOf('authenticated')
    expect((await client.nextOf('unsubscribed')).data.channel).toBe('admin')
    await server.append('alice')
    await server.published()
    client.send({ event: 'unsubscribe:admin' })
    expect(await client.next()).toMatchObject({ event: 'error', data: { code: 'not_subscribed' } })
  })

  test('an expired token ends everything within a second', async () => {
    await start()
    const client = await server.signedIn('alice', { expiresInSeconds: 1 })
    client.send({ event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
    const { code } = await client.closed
    expect(code).toBe(4401)
  })

  test('a revoked subject is closed at once; others stay', async () => {
    await start()
    const alice = await server.signedIn('alice')
    const bob = await server.signedIn('bob')
    await server.log.note({ kind: 'revoke', note: 'alice' })
    expect((await alice.closed).code).toBe(4401)
    bob.send({ event: 'subscribe:orders', data: {} })
    await bob.nextOf('caught-up')
  })

  test('a token that was verified before a revocation is verified again', async () => {
    let verifications = 0
    const verifying = Promise.withResolvers<void>()
    const revoked = Promise.withResolvers<void>()
    await start({
      async beforeVerify() {
        if (++verifications > 1) return
        verifying.resolve()
        await revoked.promise
      },
    })
    const client = await connectSocket(server.url)
    await auth(client, 'alice')
    await verifying.promise
    await server.log.note({ kind: 'revoke', note: 'alice' })
    await server.published()
    revoked.resolve()
    await client.nextOf('authenticated')
    expect(verifications).toBe(2)
  })
})

describe('subscriptions', () => {
  test('one channel is subscribed once', async () => {
    await start()
    const client = await server.signedIn('alice')
    client.send(
      { event: 'subscribe:orders', data: {} },
      { event: 'subscribe:orders', data: {} },
      { event: 'unsubscribe:orders' },
      { event: 'unsubscribe:orders' },
      { event: 'subscribe:orders', data: {} },
    )
    const seen: string[] = []
    while (seen.length < 7) {
      const { event, data } = await client.next()
      seen.push(event === 'error' ? data.code : event)
    }
    expect(seen).toEqual([
      ...['subscribed', 'caught-up', 'already_subscribed'],
      ...['unsubscribed', 'not_subscribed'],
      ...['subscribed', 'caught-up'],
    ])
  })

  test('nothing arrives after unsubscribing, and the topic is freed', async () => {
    await start()
    const client = await server.signedIn('alice')
    client.send({ event: 'subscribe:orders', data: {} })
    await client.nextOf('caught-up')
    expect(server.hub.topicCount()).toBe(1)
    client.send({ event: 'unsubscribe:orders' })
    await client.nextOf('unsubscribed')
    expect(server.hub.topicCount()).toBe(0)
    await server.append('alice')
    await server.published()
    client.send({ event: 'unsubscribe:orders' })
    expect((await client.next()).event).toBe('error')
  })

  test('a socket that is gone leaves nothing behind', async () => {
    await start()
    const clients = await Promise.all(['alice', 'alice', 'bob'].map((one) => server.signedIn(one)))
    for (const client of clients) {
      client.send({ event: 'subscribe:orders', data: {} })
      await client.nextOf('caught-up')
    }
    expect([server.route.connections(), server.hub.topicCount()]).toEqual([3, 2])
    await Promise.all(clients.map((client) => client.cut()))
    const last = await server.signedIn('carol')
    await last.close()
    await eventually(() => server.route.connections() === 0)
    expect(server.hub.topicCount()).toBe(0)
  })
})

describe('frames that are none', () => {
  test('are answered with what was wrong; several of them close', async () => {
    await start({ socket: { maxInvalidFrames: 3 } })
    const client = await server.signedIn('alice')
    client.sendRaw('not json')
    expect(await client.next()).toMatchObject({ event: 'error', data: { code: 'invalid_frame' } })
    client.sendRaw('{"event":"subscribe:orders","data":{"cursor":5}}')
    expect((await client.nextOf('error')).data.message).toContain('data.cursor')
    client.sendRaw('12')
    expect((await client.closed).code).toBe(4400)
  })

  test('binary and too big ones close', async () => {
    await start({ socket: { maxFrameBytes: 2_000 } })
    const binary = await server.signedIn('alice')
    binary.sendRaw(new Uint8Array([1, 2, 3]))
    expect((await binary.closed).code).toBe(1003)
    const big = await server.signedIn('alice')
    big.sendRaw('x'.repeat(2_001))
    expect((await big.closed).code).toBe(1009)
  })

  test('too many a second close, whether they wait or not', async () => {
    await start({ socket: { maxFramesPerSecond: 20 } })
    const client = await server.signedIn('alice')
    client.sendRaw(Array.from({ length: 41 }, () => '{"event":"unsubscribe:orders"}').join('\n'))
    expect((await client.closed).code).toBe(4429)
    const waiting = await connectSocket(server.url)
    await auth(waiting, 'alice')
    for (let at = 0; at < 41; at++) waiting.send({ event: 'unsubscribe:orders' })
    expect((await waiting.closed).code).toBe(4429)
  })
})

describe('caps', () => {
  test('sockets of a user', async () => {
    await start({ socket: { maxSocketsPerUser: 2 } })
    const first = await server.signedIn('alice')
    await server.signedIn('alice')
    const third = await connectSocket(server.url)
    await auth(third, 'alice')
    expect((await third.closed).code).toBe(4429)
    await server.signedIn('bob')
    await first.close()
    const { connections } = server.route
    await eventually(() => connections() === 2)
    await server.signedIn('alice')
  })

  test('unauthenticated sockets of an address', async () => {
    await start({ socket: { maxUnauthenticatedPerAddress: 2 } })
    const first = await connectSocket(server.url)
    await connectSocket(server.url)
    const third = await connectSocket(server.url)
    expect((await third.closed).code).toBe(4429)
    await auth(first, 'alice')
    await first.nextOf('authenticated')
    await auth(await connectSocket(server.url), 'alice')
  })
})
