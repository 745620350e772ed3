import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { startCuttableProxy, type CuttableProxy } from './cuttable-proxy'
import {
  createShop,
  keptMark,
  lastResume,
  live,
  markLoad,
  recordToasts,
  row,
  sockets,
  tile,
  timeline,
  told,
  type Shop,
} from './shop'
import { socketThrough } from './pictures/view'

let server: TestServer
let shop: Shop
let proxy: CuttableProxy
let browser: Browser
let placed = 0

beforeAll(async () => {
  await buildUi()
  server = await startTestServer({ HEARTBEAT_MS: '1000' })
  shop = createShop(server)
  proxy = await startCuttableProxy(server.port)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  proxy?.close()
  await server?.stop()
})

async function place(name: string): Promise<Order> {
  placed++
  return shop.place(name)
}

async function open(name: 'Bob' | 'Sam', path: string, isShared: boolean): Promise<Page> {
  const page = await openPage(browser, proxy.url)
  if (!isShared) {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
  }
  await signIn(page, name, path)
  await live(page)
  await markLoad(page)
  await recordToasts(page)
  return page
}

const connection = (page: Page, status: string) =>
  page.locator(`[data-connection="${status}"]`).waitFor()

test('updates that come late are said to be delayed, and since when', async () => {
  let isLate = true
  const bob = await openPage(browser, server.url)
  await socketThrough((page, socket) => {
    socket.onMessage((message) =>
      page.send(isLate ? String(message).replace(/"ageMs":\d+/, '"ageMs":42000') : message),
    )
  })(bob)
  await signIn(bob, 'Bob', '/orders')
  const indicator = bob.locator('[data-connection]')
  await indicator.getByText(/^Delayed \d+ s$/).waitFor()
  await indicator.click()
  const panel = bob.getByRole('dialog')
  await panel.getByText(/^Updates are delayed: .* \d+ s old\.$/).waitFor()
  await panel.getByText(/^4\d seconds ago$/).waitFor()
  isLate = false
  await indicator.getByText('Live').waitFor()
  await panel.getByText(/^(just now|[1-3] seconds? ago)$/).waitFor()
  await bob.context().close()
})

test('who does not want to wait for the next attempt connects at once', async () => {
  const bob = await openPage(browser, proxy.url)
  await bob.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
  await bob.clock.install()
  await signIn(bob, 'Bob', '/orders')
  await live(bob)
  // From now on nothing is tried by itself.
  await bob.clock.pauseAt(new Date(Date.now() + 1_000))
  proxy.cut()
  await connection(bob, 'waiting')
  proxy.restore()
  await bob.locator('[data-connection]').click()
  await bob.getByRole('button', { name: 'Reconnect now' }).click()
  await live(bob)
  await bob.context().close()
})

const WAYS = { 'the shared connection': true, 'a socket of its own': false }

for (const [way, isShared] of Object.entries(WAYS)) {
  test(`what others did without a network is there after it, once, through ${way}`, async () => {
    const [first, second] = [await place('bob'), await place('bob')]
    const bob = await open('Bob', `/orders/${first.orderId}`, isShared)
    const sam = await open('Sam', '/board', isShared)
    const both = [bob, sam]
    await bob.locator('[data-version="1"]').waitFor()
    await row(sam, second).waitFor()
    await sockets(sam, 2)

    // Chromium's offline refuses what is asked from now on, and leaves open WebSockets alone.
    for (const page of both) await page.context().setOffline(true)
    for (const page of both) await connection(page, 'offline')
    proxy.cut()
    const processing = await shop.changeStatus(first, 'processing')
    await shop.changeStatus(processing, 'shipped')
    await shop.changeStatus(second, 'cancelled', 'Out of stock')
    const third = await place('alice')
    expect(await timeline(bob)).toEqual(['1'])
    expect(await row(sam, third).count()).toBe(0)

    // The device has a network again, and the way to the server is still cut.
    for (const page of both) await page.context().setOffline(false)
    for (const page of both) await connection(page, 'waiting')
    proxy.restore()
    for (const page of both) await live(page)

    await bob.locator('[data-version="3"]').waitFor()
    expect(await timeline(bob)).toEqual(['3', '2', '1'])
    await lastResume(bob, '3 updates were sent again')
    const [one, two] = [first, second].map(({ orderId }) => `Order #${orderNumber(orderId)}`)
    expect(await told(bob, 3)).toEqual([
      `${one} is processing`,
      `${one} is shipped`,
      `${two} is cancelled`,
    ])

    await row(sam, first).locator('[data-status="shipped"]').waitFor()
    await row(sam, second).locator('[data-status="cancelled"]').waitFor()
    await tile(sam, 'orders', String(placed)).waitFor()
    for (const order of [first, second, third]) expect(await row(sam, order).count()).toBe(1)
    await lastResume(sam, '4 updates were sent again')
    expect(await told(sam, 2)).toEqual([
      `${two} was cancelled`,
      `New order #${orderNumber(third.orderId)}`,
    ])
    await sockets(sam, 2)

    // A network that comes back before anybody noticed: nothing was missed, nothing comes twice.
    for (const page of both) await page.context().setOffline(true)
    for (const page of both) await connection(page, 'offline')
    for (const page of both) await page.context().setOffline(false)
    for (const page of both) await live(page)
    for (const page of both) await lastResume(page, 'nothing was missed')
    expect(await timeline(bob)).toEqual(['3', '2', '1'])
    for (const page of both) expect(await keptMark(page)).toBe(true)
    await sockets(sam, 2)
    for (const page of both) await page.context().close()
  })
}
