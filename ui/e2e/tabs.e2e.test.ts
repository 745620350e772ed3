import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn, signOut } from './browser'
import { createShop, live, row, sockets, tile, toast, type Shop } from './shop'

let server: TestServer
let shop: Shop
let browser: Browser
let placed = 0

beforeAll(async () => {
  await buildUi()
  server = await startTestServer({ HEARTBEAT_MS: '1000' })
  shop = createShop(server)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** Opens one more tab of the same browser, until it is live. */
async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto(`${server.url}${path}`)
  await live(tab)
  return tab
}

async function staffTabs(): Promise<readonly [Page, Page, Page]> {
  const first = await openPage(browser, server.url)
  await signIn(first, 'Sam', '/board')
  await live(first)
  const context = first.context()
  return [first, await openTab(context, '/board'), await openTab(context, '/board')]
}

async function place(): Promise<Order> {
  placed++
  return shop.place('alice')
}

/** Waits until the tab has the order, and expects it to be there once, and no toast that repeats it. */
async function seenOnce(tab: Page, order: Order): Promise<void> {
  await row(tab, order).waitFor()
  expect(await row(tab, order).count()).toBe(1)
  await tile(tab, 'orders', String(placed)).waitFor()
  expect(await toast(tab, `New order #${orderNumber(order.orderId)}`).count()).toBe(0)
}

test('three tabs have one socket, and each sees an order once', async () => {
  const tabs = await staffTabs()
  await sockets(tabs[0], 1)
  const order = await place()
  for (const tab of tabs) await seenOnce(tab, order)
  await sockets(tabs[0], 1)

  // The tab that came first goes: the others go on, on the same socket.
  const [first, second, third] = tabs
  await first.close()
  const next = await place()
  for (const tab of [second, third]) await seenOnce(tab, next)
  await third.reload()
  await live(third)
  await row(third, next).waitFor()
  await sockets(second, 1)

  await server.restart()
  for (const tab of [second, third]) await live(tab)
  const last = await place()
  for (const tab of [second, third]) await seenOnce(tab, last)
  await sockets(second, 1)
  await second.context().close()
})

test('a sign-out in one tab is one in all, and the next one sees nothing of it', async () => {
  const [first, second, third] = await staffTabs()
  await signOut(first)
  for (const tab of [second, third])
    await tab.getByRole('link', { name: 'Sign in' }).first().waitFor()
  await sockets(first, 0)
  await signIn(second, 'Bob', '/orders')
  await live(second)
  await sockets(first, 1)
  const order = await place()
  const own = await shop.place('bob')
  placed++
  await second
    .getByText(`#${orderNumber(own.orderId)}`)
    .first()
    .waitFor()
  expect(await second.getByText(`#${orderNumber(order.orderId)}`).count()).toBe(0)
  await first.context().close()
})

/** Each a reason for a socket a tab. */
const WITHOUT_SHARING: Readonly<Record<string, (context: BrowserContext) => Promise<unknown>>> = {
  'has no SharedWorker': (context) =>
    context.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker')),
  'has one that does not start': (context) =>
    context.addInitScript(() => {
      class Silent extends EventTarget {
        readonly port = new MessageChannel().port1
      }
      Object.assign(window, { SharedWorker: Silent })
    }),
  'is told not to start any': (context) =>
    context.addInitScript(() => {
      const policy = document.createElement('meta')
      policy.httpEquiv = 'Content-Security-Policy'
      policy.content = "worker-src 'none'"
      const watcher = new MutationObserver(() => {
        if (!document.head) return
        watcher.disconnect()
        document.head.append(policy)
      })
      watcher.observe(document, { childList: true, subtree: true })
    }),
}

for (const [what, prepare] of Object.entries(WITHOUT_SHARING)) {
  test(`a browser that ${what} has a socket a tab`, async () => {
    const first = await openPage(browser, server.url)
    await prepare(first.context())
    await signIn(first, 'Sam', '/board')
    await live(first)
    const second = await openTab(first.context(), '/board')
    await sockets(first, 2)
    const order = await place()
    for (const tab of [first, second]) await seenOnce(tab, order)
    await first.context().close()
  })
}
