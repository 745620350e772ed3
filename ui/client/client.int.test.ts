import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { ChannelName } from '../../server/protocol/frames'
import type { Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import {
  createClient,
  memoryStorage,
  openWebSocket,
  type Client,
  type ClientOptions,
  type Snapshot,
  type Socket,
} from './index'
import { followOrders } from './testing/example'
import { createQueue } from './testing/queue'
import { record, type Recorder } from './testing/recorder'

let server: TestServer
const clients: Client[] = []

beforeEach(async () => {
  server = await startTestServer({ HEARTBEAT_MS: '200' })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

interface Started {
  readonly client: Client
  readonly recorder: Recorder
  readonly token: string
  /**
   * Ends the connection as a broken network does, as far as the client can tell. It does not come
   * back before what is returned was called.
   */
  cut(): () => void
}

async function start(
  channel: ChannelName,
  name: string,
  options: Partial<ClientOptions> = {},
): Promise<Started> {
  const token = await server.signIn(name, channel === 'admin' ? 'staff' : 'customer')
  let breakOff = () => {}
  let network = Promise.resolve()
  const client = createClient({
    url: server.wsUrl,
    token: async () => {
      await network
      return token
    },
    subject: name,
    snapshot: async () => {
      const path = channel === 'admin' ? '/api/admin/orders' : '/api/orders'
      const response = await server.request(path, { token })
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()) as Snapshot
    },
    ...options,
    seams: {
      random: () => 0.1,
      openSocket: (url, listener) => {
        const socket: Socket = openWebSocket(url, listener)
        breakOff = () => {
          socket.drop()
          listener.ended(1006, '')
        }
        return socket
      },
    },
  })
  clients.push(client)
  const recorder = record(client)
  client.subscribe(channel)
  client.connect()
  await recorder.until(({ status }) => status === 'live')
  await recorder.resumes.next()
  const cut = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    network = promise
    breakOff()
    return resolve
  }
  return { client, recorder, token, cut }
}

async function place(token: string): Promise<Order> {
  const products = await server.request('/api/products', { token })
  const { items } = (await products.json()) as { items: { id: string }[] }
  const json = {
    items: [{ productId: items[0]!.id, quantity: 1 }],
    shippingAddress: {
      name: 'Alice',
      line1: 'Main Street 1',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    },
  }
  const response = await server.request('/api/orders', { token, json })
  expect(response.status).toBe(201)
  return (await response.json()) as Order
}

async function setStatus(staff: string, order: Order, version: number, status: string) {
  const response = await server.request(`/api/admin/orders/${order.orderId}`, {
    method: 'PATCH',
    token: staff,
    json: { status },
    headers: { 'if-match': `"${version}"` },
  })
  expect(response.status).toBe(200)
}

/** The changes as they were delivered: event and version. */
async function changes(recorder: Recorder, count: number): Promise<string[]> {
  const seen: string[] = []
  for (let index = 0; index < count; index++) {
    const { event, args } = await recorder.applied.next()
    seen.push(`${event} ${(args[0] as Order).version}`)
  }
  return seen
}

function resumesLogged() {
  return server.logLines
    .filter(({ msg }) => msg === 'resume')
    .map(({ channel, recovered, replayed }) => ({ channel, recovered, replayed }))
}

test('cut off, three changes happen: all three arrive, once, in order, without a snapshot', async () => {
  const board = await start('admin', 'sam')
  await board.recorder.applied.next()
  const { recorder, token, cut } = await start('orders', 'alice')
  await recorder.applied.next()
  const order = await place(token)
  expect(await changes(recorder, 1)).toEqual(['order:created 1'])
  const reconnect = cut()
  await setStatus(board.token, order, 1, 'processing')
  await setStatus(board.token, order, 2, 'shipped')
  await setStatus(board.token, order, 3, 'delivered')
  expect(await changes(board.recorder, 4)).toHaveLength(4)
  reconnect()
  expect(await changes(recorder, 3)).toEqual([
    'order:updated 2',
    'order:updated 3',
    'order:updated 4',
  ])
  await recorder.until(({ status }) => status === 'live')
  expect(await recorder.resumes.next()).toEqual({
    channel: 'orders',
    after: 'cut',
    recovered: true,
    replayed: 3,
  })
  expect(resumesLogged().at(-1)).toEqual({ channel: 'orders', recovered: true, replayed: 3 })
  expect(recorder.applied.size).toBe(0)
})

test('the board gets what customers do, and its figures', async () => {
  const { recorder, client } = await start('admin', 'sam')
  const stats = new Promise((resolve) => client.on('admin:stats', resolve))
  await recorder.applied.next()
  const alice = await server.signIn('alice')
  const order = await place(alice)
  await server.request(`/api/orders/${order.orderId}/cancel`, { token: alice, json: {} })
  expect(await changes(recorder, 2)).toEqual(['admin:order:created 1', 'admin:order:cancelled 2'])
  expect(await stats).toHaveProperty('all')
})

test('heartbeats move the cursor of a client on whose channel nothing happens', async () => {
  const { client, recorder } = await start('orders', 'bob')
  const before = client.place('orders')!.cursor
  const alice = await server.signIn('alice')
  await place(alice)
  const position = server.running.hub.position()
  expect(position).not.toBe(before)
  await new Promise<void>((resolve) => {
    client.on('age', () => {
      if (client.place('orders')!.cursor === position) resolve()
    })
  })
  await recorder.applied.next()
  expect(recorder.applied.size).toBe(0)
  expect(recorder.problems.size).toBe(0)
})

test('a client whose channel was silent all along is not taken for one with a hole', async () => {
  const first = await start('orders', 'alice')
  await first.recorder.applied.next()
  await place(first.token)
  await changes(first.recorder, 1)
  const second = await start('orders', 'alice')
  await second.recorder.applied.next()
  for (let beat = 0; beat < 3; beat++) {
    await new Promise<void>((resolve) => {
      const stop = second.client.on('age', () => {
        stop()
        resolve()
      })
    })
  }
  expect(second.recorder.resumes.size).toBe(0)
  expect(second.client.state.status).toBe('live')
})

test('a server that restarts is found again, and what it did meanwhile arrives', async () => {
  const { recorder, token } = await start('orders', 'alice')
  await recorder.applied.next()
  await place(token)
  await changes(recorder, 1)
  await server.restart()
  await place(token)
  expect(await changes(recorder, 1)).toEqual(['order:created 1'])
  expect(recorder.applied.size).toBe(0)
})

test('a reloaded page resumes from what was kept', async () => {
  const storage = memoryStorage()
  const shown = new Map<string, Order>()
  const keep = { orders: () => ({ items: [...shown.values()] }) }
  const before = await start('orders', 'alice', { storage, keep })
  const token = before.token
  before.client.on('order:created', (order) => void shown.set(order.orderId, order))
  await before.recorder.applied.next()
  const first = await place(token)
  await changes(before.recorder, 1)
  before.client.close()
  const second = await place(token)
  const after = await start('orders', 'alice', {
    storage,
    keep,
    snapshot: () => Promise.reject(new Error('no snapshot was needed')),
  })
  const restored = await after.recorder.applied.next()
  expect(restored.args[0]).toMatchObject({ source: 'kept', items: [first] })
  expect((await after.recorder.applied.next()).args[0]).toEqual(second)
})

test('the board is refused to a customer, and nothing else is', async () => {
  const { client, recorder } = await start('orders', 'alice')
  client.subscribe('admin', { from: 'now' })
  expect(await recorder.problems.next()).toMatchObject({ source: 'server', code: 'forbidden' })
  expect(client.state.channels).toEqual({ orders: 'live', admin: 'refused' })
})

test('the program in the README follows the orders of a customer', async () => {
  const readme = await Bun.file(`${import.meta.dir}/README.md`).text()
  const program = await Bun.file(`${import.meta.dir}/testing/example.ts`).text()
  expect(readme).toContain(`\n\`\`\`ts\n${program}\`\`\`\n`)

  const token = await server.signIn('alice')
  const before = await place(token)
  const customer = { subject: 'alice', token: async () => token }
  const shown = createQueue<string>('what the program shows')
  clients.push(
    followOrders(server.url, customer, (orders, news) => {
      shown.put(`${orders.length} orders, news: ${news?.orderId ?? 'none'}`)
    }),
  )
  expect(await shown.next()).toBe('1 orders, news: none')
  const order = await place(token)
  expect(await shown.next()).toBe(`2 orders, news: ${order.orderId}`)
  await server.request(`/api/orders/${before.orderId}/cancel`, { token, json: {} })
  expect(await shown.next()).toBe(`2 orders, news: ${before.orderId}`)
})
