import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createClient, type Client, type Snapshot } from '../ui/client'
import { record, type Recorder } from '../ui/client/testing/recorder'
import { createApp } from './app'
import { createDemoSigner } from './auth/demo'
import { openDemoSecret } from './auth/demo-secret'
import { createVerifier } from './auth/tokens'
import { loadConfig } from './config'
import { type Engine, openEngine } from './engine'
import { createHub, type Hub } from './hub/hub'
import { createLogger } from './lib/logger'
import { createNodeMetrics } from './node-metrics'
import type { Order } from './protocol/order'
import { type SocketRoute, socketRoute } from './socket/route'
import { LogValve } from './testing/log-valve'
import { tempFolder } from './testing/temp-folder'

/** A whole server, with a valve before its log. */
interface ServerOverValve extends AsyncDisposable {
  readonly url: string
  readonly valve: LogValve
  readonly hub: Hub
  readonly sockets: SocketRoute
  token(name: string): Promise<string>
  ask(path: string, token: string, json?: unknown): Promise<Response>
}

let server: ServerOverValve
const clients: Client[] = []

beforeEach(async () => {
  server = await startWithoutLog()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server[Symbol.asyncDispose]()
})

async function startWithoutLog(): Promise<ServerOverValve> {
  const folder = tempFolder()
  const config = loadConfig({ DATA_DIR: folder.path, PORT: '0', HEARTBEAT_MS: '200' })
  const logger = createLogger('silent')
  const embedded = await openEngine(config, logger)
  const valve = new LogValve(embedded.log)
  valve.fail()
  const engine: Engine = { ...embedded, log: valve }
  const secret = openDemoSecret(folder.path)
  const isRevoked = engine.revocations.isRevoked.bind(engine.revocations)
  const verify = await createVerifier({ settings: config.auth, demoSecret: secret, isRevoked })
  const sign = await createDemoSigner(secret, config.auth)
  const publish = (topic: string, text: string) => void app.server?.publish(topic, text)
  const hub = createHub({ log: valve, publish, limits: config.hub, logger })
  const sockets = socketRoute({
    ...{ hub, verify, isRevoked, limits: config.socket, origins: config, logger },
  })
  const pendingAgeMs = () => valve.pendingAgeMs()
  const metrics = createNodeMetrics({ hub, sockets, pendingAgeMs })
  const app = createApp({
    ...{ config, engine, verify, sockets, logger },
    signDemoToken: sign,
    serveUi: async () => null,
    health: {
      isDraining: () => false,
      position: () => hub.position(),
      ageMs: () => hub.ageMs(),
      pendingAgeMs,
      distributed: { log: () => hub.logStatus(), database: () => 'ok', outbox: null },
      metrics: () => metrics.exposition(),
    },
  })
  const following = new AbortController()
  void hub.start(following.signal)
  app.listen({ hostname: '127.0.0.1', port: 0 })
  const host = `127.0.0.1:${app.server!.port}`
  const ask: ServerOverValve['ask'] = (path, token, json) =>
    fetch(`http://${host}${path}`, {
      method: json === undefined ? 'GET' : 'POST',
      body: json === undefined ? undefined : JSON.stringify(json),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
  return {
    url: `ws://${host}/ws`,
    ...{ valve, hub, sockets, ask },
    async token(name) {
      const answer = await ask('/api/demo/sign-in', '', { name })
      return ((await answer.json()) as { token: string }).token
    },
    async [Symbol.asyncDispose]() {
      following.abort()
      await app.stop(true)
      await embedded.close()
      folder[Symbol.dispose]()
    },
  }
}

async function aClient(): Promise<{ client: Client; recorder: Recorder; token: string }> {
  const token = await server.token('alice')
  const client = createClient({
    url: server.url,
    token: async () => token,
    subject: 'alice',
    async snapshot() {
      const answer = await server.ask('/api/orders', token)
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as Snapshot
    },
  })
  clients.push(client)
  const recorder = record(client)
  client.subscribe('orders')
  client.connect()
  return { client, recorder, token }
}

async function place(token: string): Promise<Order> {
  const shippingAddress = { name: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'DE' }
  const items = [{ productId: 'espresso-cup', quantity: 1 }]
  const answer = await server.ask('/api/orders', token, { items, shippingAddress })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Order
}

test('while the log is away orders are placed and shown, and updates go on when it is back', async () => {
  const { client, recorder, token } = await aClient()
  await recorder.until(({ status }) => status === 'delayed')
  const order = await place(token)
  const ready = await server.ask('/health/ready', token)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ position: null, log: { state: 'unreachable' } })

  // Without live updates the list is what tells of it; the connection stays.
  for (;;) {
    const { event, args } = await recorder.applied.next()
    expect(event).toBe('snapshot')
    const [snapshot] = args as [Snapshot]
    expect(snapshot.cursor).toBeNull()
    if (snapshot.items.some(({ orderId }) => orderId === order.orderId)) break
  }
  expect(server.sockets.counters.opened).toBe(1)

  server.valve.heal()
  await recorder.until(({ status }) => status === 'live', 15_000)
  expect(client.place('orders')?.cursor).toBe(server.hub.position()!)
  const next = await place(token)
  for (;;) {
    const { event, args } = await recorder.applied.next()
    if (event !== 'order:created') continue
    expect((args[0] as Order).orderId).toBe(next.orderId)
    break
  }
  expect(server.sockets.counters.opened).toBe(1)
}, 30_000)
