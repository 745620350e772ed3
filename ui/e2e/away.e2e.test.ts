import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn, signInAs } from './browser'
import { startCuttableProxy, type CuttableProxy } from './cuttable-proxy'
import { createShop, live, toast, type Shop } from './shop'

let server: TestServer
let shop: Shop
let proxy: CuttableProxy
let browser: Browser

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  proxy = await startCuttableProxy(server.port)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  proxy?.close()
  await server?.stop()
})

const SUMMARY = '4 updates while you were away'

async function openTab(page: Page, path: string): Promise<Page> {
  const tab = await page.context().newPage()
  await tab.goto(path)
  await live(tab)
  return tab
}

/** Two orders change four times in all. */
async function changeFourTimes(by: Shop, first: Order, second: Order): Promise<void> {
  const processing = await by.changeStatus(first, 'processing')
  await by.changeStatus(await by.changeStatus(processing, 'shipped'), 'delivered')
  await by.changeStatus(second, 'cancelled', 'Out of stock')
}

const marks = (page: Page) => page.getByText('Changed while you were away')
const link = (page: Page, order: Order) =>
  page.getByRole('link', { name: `Order #${orderNumber(order.orderId)}` })

async function stillMarked(page: Page, orders: number): Promise<void> {
  await marks(page)
    .nth(orders - 1)
    .waitFor()
  expect(await marks(page).count()).toBe(orders)
}

/** How many toasts each tab shows, once one more has come: by then all that came before are there. */
async function toldBesides(tabs: readonly Page[], name: string): Promise<number[]> {
  const { orderId } = await shop.changeStatus(await shop.place(name), 'processing')
  const number = orderNumber(orderId)
  for (const tab of tabs) await toast(tab, `Order #${number} is processing`).waitFor()
  return Promise.all(
    tabs.map((tab) => tab.locator('[data-toast]').filter({ hasNotText: number }).count()),
  )
}

test('what a replay brings is told once a browser, and marked until it is looked at', async () => {
  const [first, second] = [await shop.place('bob'), await shop.place('bob')]
  const page = await openPage(browser, proxy.url)
  await signIn(page, 'Bob', '/orders')
  await live(page)
  const [other, third] = [await openTab(page, '/orders'), await openTab(page, '/orders')]
  const tabs = [page, other, third]

  proxy.cut()
  for (const tab of tabs) await tab.locator('[data-connection="waiting"]').waitFor()
  await changeFourTimes(shop, first, second)
  proxy.restore()
  for (const tab of tabs) {
    await live(tab)
    await marks(tab).nth(1).waitFor()
  }
  await Promise.any(tabs.map((tab) => toast(tab, SUMMARY).waitFor()))
  const told = await toldBesides(tabs, 'bob')
  expect(told.toSorted((a, b) => a - b)).toEqual([0, 0, 1])

  await page.reload()
  await live(page)
  await stillMarked(page, 2)
  expect(await toldBesides([page], 'bob')).toEqual([0])

  await link(page, first).click()
  await page.locator('[data-version="4"]').waitFor()
  await marks(other).nth(1).waitFor({ state: 'detached' })
  expect(await marks(other).count()).toBe(1)
  await page.goto('/orders')
  await stillMarked(page, 1)
  await page.context().close()
})

test('what a snapshot brings is told the same', async () => {
  const small = await startTestServer({ WINDOW_MAX_ENTRIES: '1', REPLAY_MAX_ENTRIES: '1' })
  const way = await startCuttableProxy(small.port)
  try {
    const shopOfSmall = createShop(small)
    const [first, second] = [await shopOfSmall.place('bob'), await shopOfSmall.place('bob')]
    const page = await openPage(browser, way.url)
    await signIn(page, 'Bob', '/orders')
    await live(page)
    way.cut()
    await page.locator('[data-connection="waiting"]').waitFor()
    await changeFourTimes(shopOfSmall, first, second)
    const before = small.logLines.length
    way.restore()

    await toast(page, SUMMARY).waitFor()
    await marks(page).nth(1).waitFor()
    expect(await page.locator('[data-toast]').count()).toBe(1)
    const resumes = small.logLines.slice(before).filter((line) => line.msg === 'resume')
    expect(resumes[0]).toMatchObject({ channel: 'orders', recovered: false })
    await toast(page, SUMMARY).getByRole('link').click()
    await page.waitForURL(`${way.url}/orders`)
    await page.context().close()
  } finally {
    way.close()
    await small.stop()
  }
})

test('what happened while no page was open is told the same', async () => {
  const [first, second] = [await shop.place('alice'), await shop.place('alice')]
  const page = await openPage(browser, server.url)
  await signIn(page, 'Alice', '/orders')
  await live(page)
  await page.goto('about:blank')
  await changeFourTimes(shop, first, second)
  await page.goto('/orders')
  await toast(page, SUMMARY).waitFor()
  await marks(page).nth(1).waitFor()
  expect(await page.locator('[data-toast]').count()).toBe(1)
  await page.reload()
  await live(page)
  await stillMarked(page, 2)
  expect(await toldBesides([page], 'alice')).toEqual([0])
  await page.context().close()
})

test('what happened while the tab was out of sight is told after it was loaded again, too', async () => {
  const [first, second] = [await shop.place('erin'), await shop.place('erin')]
  const page = await openPage(browser, server.url)
  await watchNotifications(page)
  await signInAs(page, 'Erin', { to: '/orders' })
  await live(page)
  await setSight(page, 'hidden')
  await changeFourTimes(shop, first, second)
  for (const status of ['delivered', 'cancelled']) {
    await page.locator(`main li [data-status="${status}"]`).waitFor()
  }
  await page.reload()
  await live(page)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  await setSight(page, 'visible')
  await toast(page, SUMMARY).waitFor()
  await marks(page).nth(1).waitFor()
  await page.reload()
  await live(page)
  await stillMarked(page, 2)
  expect(await toldBesides([page], 'erin')).toEqual([0])
  await page.context().close()
})

test('what the reader does in one tab is no news in another', async () => {
  const page = await openPage(browser, server.url)
  await signIn(page, 'Alice', '/orders')
  const [mine, others] = [await shop.place('alice'), await shop.place('alice')]
  await link(page, others).first().waitFor()
  const other = await openTab(page, '/orders')
  const [myNumber, otherNumber] = [mine, others].map(({ orderId }) => orderNumber(orderId))
  await page.bringToFront()
  await page.getByRole('button', { name: `Cancel order #${myNumber}` }).click()
  await page.getByRole('button', { name: 'Cancel the order' }).click()
  await toast(page, `#${myNumber} is cancelled`).waitFor()
  const card = other.getByRole('listitem').filter({ hasText: myNumber! })
  await card.locator('[data-status="cancelled"]').waitFor()
  // What is told next is told after the first one would have been.
  await shop.changeStatus(others, 'processing')
  await toast(other, `#${otherNumber} is processing`).waitFor()
  expect(await toast(other, `#${myNumber} is cancelled`).count()).toBe(0)
  await page.context().close()
})

/**
 * Headless Chromium never hides a page, so the page is told that it is out of sight; what it notifies
 * of is written down, and shown by the browser.
 */
function watchNotifications(page: Page): Promise<unknown> {
  return page.context().addInitScript(() => {
    // As the browser does, also of a page that is loaded again.
    let sight = (sessionStorage.getItem('sight') ?? 'visible') as DocumentVisibilityState
    Object.defineProperty(document, 'visibilityState', { get: () => sight })
    const open = new Set<Notification>()
    const Shown = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        open.add(this)
        const titles = JSON.parse(localStorage.getItem('titles') ?? '[]') as string[]
        localStorage.setItem('titles', JSON.stringify([...titles, title]))
      }
      override close(): void {
        super.close()
        open.delete(this)
      }
    }
    Object.assign(window, {
      Notification: Shown,
      openNotifications: open,
      setSight(next: DocumentVisibilityState) {
        sight = next
        sessionStorage.setItem('sight', next)
        document.dispatchEvent(new Event('visibilitychange'))
      },
    })
  })
}

interface Watched {
  readonly openNotifications: ReadonlySet<Notification>
  readonly setSight: (next: DocumentVisibilityState) => void
}

const setSight = (page: Page, next: DocumentVisibilityState) =>
  page.evaluate((sight) => (window as unknown as Watched).setSight(sight), next)

async function notified(page: Page, titles: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => localStorage.getItem('titles') === wanted,
    JSON.stringify(titles),
  )
}

async function turnOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Notifications' }).click()
}

test('notifications tell of news while no tab is in sight, once a browser, and lead there', async () => {
  const page = await openPage(browser, server.url)
  await page.context().grantPermissions(['notifications'])
  await watchNotifications(page)
  const order = await shop.place('dora')
  await signInAs(page, 'Dora', { to: '/orders' })
  await live(page)
  await turnOn(page)
  await page.getByRole('menuitemcheckbox', { name: 'Notifications', checked: true }).waitFor()
  await page.keyboard.press('Escape')
  const other = await openTab(page, '/orders')
  const name = `Order #${orderNumber(order.orderId)}`

  // Somebody looks at one of them: it tells, and nothing else does.
  await setSight(other, 'hidden')
  const processing = await shop.changeStatus(order, 'processing')
  await toast(page, `${name} is processing`).waitFor()
  await setSight(page, 'hidden')
  await shop.changeStatus(processing, 'shipped')
  await notified(page, [`${name} is shipped`])

  const tabs = [page, other]
  const shown = await Promise.all(
    tabs.map((tab) => tab.evaluate(() => (window as unknown as Watched).openNotifications.size)),
  )
  expect(shown.toSorted((a, b) => a - b)).toEqual([0, 1])
  const teller = tabs[shown.indexOf(1)]!
  await teller.evaluate(() => {
    const [first] = (window as unknown as Watched).openNotifications
    first!.dispatchEvent(new Event('click'))
  })
  await teller.waitForURL(`${server.url}/orders/${order.orderId}`)
  await setSight(teller, 'visible')
  await toast(teller, `${name} is shipped`).waitFor()
  expect(await teller.evaluate(() => (window as unknown as Watched).openNotifications.size)).toBe(0)
  await page.context().close()
})

test('staff are notified of new orders, of many at once as a number', async () => {
  const page = await openPage(browser, server.url)
  await page.context().grantPermissions(['notifications'])
  await watchNotifications(page)
  await signIn(page, 'Sam', '/board')
  await live(page)
  await turnOn(page)
  await page.getByRole('menuitemcheckbox', { name: 'Notifications', checked: true }).waitFor()
  await page.keyboard.press('Escape')
  await setSight(page, 'hidden')
  const first = await shop.place('dora')
  await notified(page, [`New order #${orderNumber(first.orderId)}`])
  await shop.place('dora')
  await page.waitForFunction(() => localStorage.getItem('titles')?.includes('2 new orders'))
  await page.context().close()
})

test('where the browser blocks notifications, it is said, and how to allow them', async () => {
  const page = await openPage(browser, server.url)
  await signIn(page, 'Alice', '/orders')
  await turnOn(page)
  await page.getByText('Blocked by the browser').waitFor()
  await toast(page, 'The browser blocks notifications of this page').waitFor()
  await page.context().close()
})
