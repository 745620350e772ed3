import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { orderNumber } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import type { Stats } from '../../server/protocol/stats'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { startCuttableProxy, type CuttableProxy } from './cuttable-proxy'
import { BACK_MS, startKillableServer, type KillableServer } from './killable-server'
import {
  createShop,
  keptMark,
  lastResume,
  live,
  markLoad,
  row,
  tile,
  timeline,
  toast,
  type Shop,
} from './shop'

/** Not more than one page of the list; each changes three times. */
const ORDERS = 48
const CHANGES = ['processing', 'shipped', 'delivered'] as const
/** Room for one frame of a replay, and no second one. */
const ONE_FRAME = 72 * 1_024

const opened = new AsyncDisposableStack()
let server: KillableServer
let proxy: CuttableProxy
let shop: Shop
let browser: Browser

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startKillableServer(), buildUi()])
  opened.use(server)
  proxy = await startCuttableProxy(server.port)
  opened.defer(() => proxy.close())
  shop = createShop(server)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await opened.disposeAsync()
})

const catchingUp = (page: Page) => page.locator('[data-connection="catching-up"]').waitFor()
const cards = (page: Page, status: OrderStatus) => page.locator(`main li [data-status="${status}"]`)

test('a reload in the middle of a replay goes on there, and nothing of it is lost', async () => {
  let orders = await Promise.all(Array.from({ length: ORDERS }, () => shop.place('bob')))
  const bob = await openPage(browser, proxy.url)
  await signIn(bob, 'Bob', '/orders')
  await live(bob)
  await cards(bob, 'pending')
    .nth(ORDERS - 1)
    .waitFor()
  await bob.goto('about:blank')
  for (const status of CHANGES) {
    orders = await Promise.all(orders.map((order) => shop.changeStatus(order, status)))
  }

  // The first frame of the replay comes through, and not the second.
  proxy.holdSockets(ONE_FRAME)
  await bob.goto(`${proxy.url}/orders`)
  await catchingUp(bob)
  await cards(bob, 'delivered').first().waitFor()
  const before = await cards(bob, 'delivered').count()
  expect(before).toBeLessThan(ORDERS)
  // The next connection stands still in the middle of a frame; what has come is there at once.
  proxy.holdSockets(ONE_FRAME / 8)
  await bob.reload()
  await catchingUp(bob)
  await bob
    .locator('main li h2')
    .nth(ORDERS - 1)
    .waitFor()
  expect(await cards(bob, 'delivered').count()).toBe(before)
  expect(await cards(bob, 'shipped').count()).toBe(ORDERS - before)
  proxy.release()
  await live(bob)
  await cards(bob, 'delivered')
    .nth(ORDERS - 1)
    .waitFor()
  expect(await bob.locator('main li h2').count()).toBe(ORDERS)
  // As often as they changed, the part before the reload and the part after it.
  await toast(bob, `${ORDERS * CHANGES.length} updates while you were away`).waitFor()
  await bob.context().close()
})

test('a server that was set back to a backup: what is shown is what it has, and it is said why', async () => {
  const order = await shop.place('alice')
  const token = await server.signIn('sam', 'staff')
  const stats = (await (await server.request('/api/admin/stats', { token })).json()) as Stats
  await server.kill()
  server.backUp()
  await server.start()
  const alice = await openPage(browser, server.url)
  await signIn(alice, 'Alice', `/orders/${order.orderId}`)
  const sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam', `/board?order=${order.orderId}`)
  const tab = await sam.context().newPage()
  await tab.goto('/board')
  const pages = [alice, sam, tab]
  for (const page of pages) {
    await live(page)
    await markLoad(page)
  }
  await shop.changeStatus(order, 'processing')
  const lost = await shop.place('alice')
  for (const page of [alice, sam]) await page.locator('[data-version="2"]').waitFor()
  for (const page of [sam, tab]) await row(page, lost).waitFor()

  await server.kill()
  server.restore()
  await server.start()
  for (const page of [alice, sam]) {
    await page.locator('[data-version="2"]').waitFor({ state: 'detached', timeout: BACK_MS })
    expect(await timeline(page)).toEqual(['1'])
  }
  // The sheet with the order covers the panel.
  await sam.keyboard.press('Escape')
  for (const page of [sam, tab]) {
    await row(page, lost).waitFor({ state: 'detached', timeout: BACK_MS })
    await row(page, order).locator('[data-status="pending"]').first().waitFor()
    await tile(page, 'orders', String(stats.all.orders)).waitFor()
  }
  for (const page of pages) {
    await live(page)
    await lastResume(page, 'everything was loaded again, because the server does not know')
    expect(await keptMark(page)).toBe(true)
  }
  // From there it goes on.
  await shop.changeStatus(order, 'cancelled')
  await alice.locator('[data-version="2"]').waitFor()
  // Another change than the one that was version 2 before.
  await toast(alice, `Order #${orderNumber(order.orderId)} is cancelled`).waitFor()
  for (const page of [sam, tab])
    await row(page, order).locator('[data-status="cancelled"]').waitFor()
  for (const page of pages) await page.close()
})
