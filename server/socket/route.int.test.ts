import { afterEach, describe, expect, test } from 'bun:test'
import type { Stats } from '../protocol/stats'
import { connectSocket } from '../testing/socket-client'
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

async function knock(headers: Record<string, string>, path = '/ws'): Promise<Response> {
  const url = new URL(server.url)
  return fetch(`http://${url.host}${path}`, { headers })
}

const UPGRADE = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': btoa('sixteen bytes ok'),
}

describe('the upgrade', () => {
  test('is what the address is for', async () => {
    await start()
    const response = await knock({})
    expect(response.status).toBe(426)
    expect(response.headers.get('upgrade')).toBe('websocket')
    expect(await response.json()).toEqual({ code: 'upgrade_required' })
  })

  test('is refused to pages of other origins', async () => {
    await start({ allowedOrigins: ['https://shop.example'] })
    for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example']) {
      const refused = connectSocket(server.url, { headers: { origin } })
      expect(await refused.catch((error: Error) => error.message)).toContain('not connected')
    }
    expect(server.route.counters.refused).toEqual({ 403: 3 })
    for (const origin of ['https://shop.example', `http://${new URL(server.url).host}`]) {
      await connectSocket(server.url, { headers: { origin } })
    }
  })

  test('is not to be had by the way that only the dispatcher needs', async () => {
    await start()
    const url = `${server.url}/dispatcher`
    const refused = await connectSocket(url).catch((error: Error) => error.message)
    expect(refused).toContain('not connected')
    expect((await knock(UPGRADE, '/ws/dispatcher')).status).toBe(404)
  })
})

describe('a drain', () => {
  test('closes all with "move now" and lets nobody in', async () => {
    await start()
    const clients = await Promise.all(
      ['alice', 'bob', 'carol', 'dave', 'eve'].map((name) => server.signedIn(name)),
    )
    await server.route.drain({ stages: 3, overMs: 30 })
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code))
    expect(codes).toEqual([1012, 1012, 1012, 1012, 1012])
    const late = await connectSocket(server.url).catch((error: Error) => error.message)
    expect(late).toContain('not connected')
    expect(server.route.counters.refused).toEqual({ 503: 1 })
  })
})

describe('the figures', () => {
  const figures = { orders: 0 } as unknown as Stats['all']
  const stats = (orders: number): Stats => ({
    ...{ at: '2026-01-02T03:04:05.000Z', day: '2026-01-02', perMinute: [] },
    ...{ all: { ...figures, orders }, today: figures },
  })

  test('go to staff after events came through, few however many events there are', async () => {
    await start()
    let computed = 0
    server.route.publishStats(() => stats(++computed))
    await server.append('alice')
    await server.published()
    expect(computed).toBe(0)
    const client = await server.signedIn('sam', { staff: true })
    client.send({ event: 'subscribe:admin', data: {} })
    await client.nextOf('caught-up')
    await server.append('alice', { version: 2 })
    expect((await client.nextOf('admin:stats')).data.all.orders).toBe(1)
    for (let version = 3; version <= 10; version++) await server.append('alice', { version })
    expect((await client.nextOf('admin:stats')).data.all.orders).toBe(2)
  })
})
