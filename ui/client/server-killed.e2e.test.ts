import { Database as Sqlite } from 'bun:sqlite'
import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Order } from '../../server/protocol/order'
import {
  signInAt,
  type ServerProcess,
  startServerProcess,
} from '../../server/testing/server-process'
import { tempFolder } from '../../server/testing/temp-folder'
import { verifyLog } from '../../server/testing/verify-log.sqlite'
import { within } from '../../server/testing/within'
import { createClient, type Client, type Snapshot } from './index'

const KILLS = 8
const SHOPPERS = 8
const MAX_ORDERS_BEFORE_KILL = 120

let running: ServerProcess | null = null
let client: Client | null = null
afterEach(async () => {
  client?.close()
  running?.child.kill('SIGKILL')
  await running?.child.exited
})

test('kill -9 while orders are placed: each acknowledged order is stored, logged and seen once', async () => {
  using folder = tempFolder()
  let url = ''
  const start = async () => {
    running = startServerProcess({ folder: folder.path })
    url = await running.listening()
    return running
  }
  let server = await start()
  const staff = await signInAt(url, 'sam', 'staff')
  const board = watchBoard(() => url, staff)
  await board.live
  const shop = openShop(() => url, await signInAt(url, 'alice'))

  for (let round = 0; round < KILLS; round += 1) {
    await shop.acknowledgedMore(1 + Math.floor(Math.random() * MAX_ORDERS_BEFORE_KILL))
    server.child.kill('SIGKILL')
    await server.child.exited
    server = await start()
  }
  await shop.close()
  await board.saw(shop.acknowledged)
  client?.close()
  server.child.kill('SIGTERM')
  expect((await server.ended()).code).toBe(0)

  using sqlite = new Sqlite(join(folder.path, 'data', 'orderwire.db'), { readonly: true })
  const logged = verifyLog(sqlite).map(({ source }) => source)
  const stored = sqlite
    .prepare<{ source: string }, []>("SELECT order_id || '@1' AS source FROM orders ORDER BY seq")
    .all()
    .map(({ source }) => source)
  expect(logged).toEqual(stored)
  expect(stored.toSorted()).toEqual(shop.acknowledged.toSorted())
  expect(board.seen).toEqual(logged)
}, 120_000)

/** Shoppers who place one order after the other, each again with the same key until it is answered. */
function openShop(url: () => string, token: string) {
  const acknowledged: string[] = []
  let wanted: { readonly count: number; readonly reached: () => void } | null = null
  let open = true

  async function placeOne(): Promise<void> {
    const key = crypto.randomUUID()
    for (;;) {
      const order = await placeOrder(url(), token, key)
      if (order) {
        acknowledged.push(`${order.orderId}@${order.version}`)
        if (wanted && acknowledged.length >= wanted.count) wanted.reached()
        return
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const shoppers = Array.from({ length: SHOPPERS }, async () => {
    while (open) await placeOne()
  })

  return {
    acknowledged,
    acknowledgedMore(count: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      wanted = { count: acknowledged.length + count, reached: resolve }
      return within(promise, 'orders to be acknowledged')
    },
    async close() {
      open = false
      await within(Promise.all(shoppers), 'the last orders')
    },
  }
}

/** The order, or null where the server went away before it answered. */
async function placeOrder(url: string, token: string, key: string): Promise<Order | null> {
  let response: Response
  try {
    response = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        items: [{ productId: 'espresso-cup', quantity: 1 }],
        shippingAddress: {
          name: 'Alice',
          line1: 'Main Street 1',
          city: 'Berlin',
          postalCode: '10115',
          country: 'DE',
        },
      }),
    })
  } catch {
    return null
  }
  expect(response.status).toBe(201)
  return (await response.json()) as Order
}

/** A member of staff with the board open all the time; `seen` is what came, in order. */
function watchBoard(url: () => string, token: string) {
  const seen: string[] = []
  const seenOnce = new Set<string>()
  let look = () => {}
  const board = createClient({
    url: () => `${url().replace('http', 'ws')}/ws`,
    token: async () => token,
    subject: 'sam',
    snapshot: async () => {
      const headers = { authorization: `Bearer ${token}` }
      return (await (await fetch(`${url()}/api/admin/orders`, { headers })).json()) as Snapshot
    },
    seams: { random: () => 0.05 },
  })
  client = board
  board.on('admin:order:created', (order) => {
    seen.push(`${order.orderId}@${order.version}`)
    seenOnce.add(`${order.orderId}@${order.version}`)
    look()
  })
  const { promise: live, resolve: isLive } = Promise.withResolvers<void>()
  board.on('state', ({ status }) => {
    if (status === 'live') isLive()
  })
  board.subscribe('admin', { from: 'now' })
  board.connect()
  return {
    seen,
    live: within(live, 'the board to be live'),
    saw(orders: readonly string[]): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      look = () => {
        if (orders.every((order) => seenOnce.has(order))) resolve()
      }
      look()
      return within(promise, 'the board to see every order', 30_000)
    },
  }
}
