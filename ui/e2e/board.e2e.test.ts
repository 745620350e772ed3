import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { rowsDown } from './board-rows'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, live, row, tile, type Shop } from './shop'

/** More than two pages of the list. */
const ORDERS = 120

let server: TestServer
let shop: Shop
let browser: Browser
let oldest: Order
let newest: Order
let sam: Page
/** Of Alice, oldest first. */
const alices: Order[] = []

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  oldest = await shop.place('zelda', 'linen-apron')
  for (let count = 1; count < ORDERS; count++) alices.push(await shop.place('alice'))
  newest = alices.at(-1)!
  browser = await openBrowser()
  sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam')
  await live(sam)
}, 60_000)

async function orderNow({ orderId }: Order): Promise<unknown> {
  const token = await server.signIn('sam', 'staff')
  return (await server.request(`/api/orders/${orderId}`, { token })).json()
}

/** What is asked about a change that was not made. */
function undecided(page: Page, { orderId }: Order): Locator {
  return page.locator('[data-open-changes] li').filter({ hasText: orderNumber(orderId) })
}

/** What of the strip above the list shows the orders of one status, or all. */
function filter(status: string): Locator {
  return sam.getByRole('radiogroup', { name: 'Status' }).getByText(status, { exact: true })
}

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('only the rows in sight are in the page, and scrolling loads the rest', async () => {
  await row(sam, newest).waitFor()
  expect(await sam.locator('[data-order]').count()).toBeLessThan(40)
  await sam.getByRole('status').getByText('Loading older orders').waitFor()
  while (!(await row(sam, oldest).isVisible())) {
    await sam.mouse.wheel(0, 2_000)
    await sam.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  await sam.getByText('That is all of them.').waitFor()
  expect(await sam.locator('[data-order]').count()).toBeLessThan(40)
  expect(await row(sam, newest).count()).toBe(0)
})

test('new orders wait above while the reader is further down', async () => {
  const held = await shop.place('bob', 'tea-towel')
  const pill = sam.getByRole('button', { name: '1 new order' })
  await pill.waitFor()
  expect(await row(sam, held).count()).toBe(0)
  await pill.click()
  await row(sam, held).waitFor()
  const [first] = await rowsDown(sam)
  expect(first?.number).toBe(orderNumber(held.orderId))
})

test('search finds on the server what is not loaded', async () => {
  await sam.reload()
  await live(sam)
  await row(sam, newest).waitFor()
  await sam.getByRole('searchbox').fill('apron zel')
  await row(sam, oldest).waitFor()
  expect(await sam.locator('[data-order]').count()).toBe(1)
  await sam.getByRole('searchbox').fill('nobody at all')
  await sam.getByText('Nothing found').waitFor()
  await sam.getByRole('button', { name: 'Show all orders' }).click()
  await row(sam, newest).waitFor()
})

test('the filter shows one status, and what leaves it leaves the list', async () => {
  await filter('Processing').click()
  await sam.getByText('Nothing found').waitFor()
  const processing = await shop.changeStatus(newest, 'processing')
  await row(sam, newest).waitFor()
  newest = await shop.changeStatus(processing, 'shipped')
  await sam.getByText('Nothing found').waitFor()
  await filter('All').click()
  await row(sam, newest).locator('[data-status="shipped"]').waitFor()
})

test('the dialog stays while orders come in and the order leaves the list', async () => {
  const order = await shop.place('bob')
  await filter('Pending').click()
  await row(sam, order).getByLabel('Status').selectOption('cancelled')
  await sam.getByLabel('Reason').fill('Out of stock')
  for (let count = 0; count < 40; count++) await shop.place('carol')
  await row(sam, order).waitFor({ state: 'detached' })
  expect(await sam.getByLabel('Reason').inputValue()).toBe('Out of stock')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await sam.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok())
  expect(await orderNow(order)).toMatchObject({ status: 'cancelled', reason: 'Out of stock' })
  await filter('All').click()
})

test('a search that failed is tried again when the connection is back', async () => {
  await sam.route('**/api/admin/orders?search=*', (route) => route.abort())
  await sam.getByRole('searchbox').fill('apron zel')
  await sam.getByText('Only the orders loaded so far were searched').waitFor()
  await sam.unroute('**/api/admin/orders?search=*')
  await sam.context().setOffline(true)
  await sam.locator('[data-connection="offline"]').waitFor()
  await sam.context().setOffline(false)
  await row(sam, oldest).waitFor()
  await sam.getByRole('searchbox').fill('')
})

test('a search that finds few does not load all orders, whether or not the server answers', async () => {
  const sought = await shop.place('bob', 'tea-towel')
  await sam.goto('/board')
  await live(sam)
  await row(sam, sought).waitFor()
  const pages: string[] = []
  sam.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/admin/orders' && !searchParams.has('search')) pages.push(request.url())
  })
  await sam.route('**/api/admin/orders?search=*', (route) => route.fulfill({ status: 503 }))
  await sam.getByRole('searchbox').fill('tea')
  await sam.getByText('Only the orders loaded so far were searched').waitFor()
  await row(sam, sought).waitFor()
  expect(await sam.getByRole('status').getByText('Loading older orders').count()).toBe(0)
  await sam.unroute('**/api/admin/orders?search=*')
  await sam.getByRole('button', { name: 'Try again' }).click()
  await sam.getByText('That is all of them.').waitFor()
  expect(pages).toEqual([])
  await sam.getByRole('searchbox').fill('')
})

test('an arrow key opens the list of statuses, and changes nothing by itself', async () => {
  const order = await shop.place('bob')
  await row(sam, order).getByLabel('Status').focus()
  await sam.keyboard.press('ArrowDown')
  expect(await row(sam, order).getByLabel('Status').inputValue()).toBe('pending')
  await sam.keyboard.press('ArrowDown')
  await sam.keyboard.press('Enter')
  await row(sam, order).locator('[data-status="processing"]').waitFor()
})

test('keys in an open list of statuses do not make it newer than it was opened', async () => {
  const order = await shop.place('bob')
  await row(sam, order).getByLabel('Status').focus()
  await sam.keyboard.press('ArrowDown')
  await shop.changeStatus(order, 'processing')
  await row(sam, order).locator('[data-status="processing"]').waitFor()
  await sam.keyboard.press('ArrowDown')
  await sam.keyboard.press('Enter')
  await undecided(sam, order).getByRole('button', { name: 'Keep theirs' }).click()
})

test('the address says what is shown, and back leads back', async () => {
  await sam.goto('/board?status=pending&q=apron&sort=total&dir=asc')
  await row(sam, oldest).waitFor()
  expect(await sam.getByRole('searchbox').inputValue()).toBe('apron')
  const total = sam.getByRole('columnheader', { name: 'Total' })
  expect(await total.getAttribute('aria-sort')).toBe('ascending')
  await sam.getByRole('radio', { name: /^Pending/, checked: true }).waitFor()

  await total.getByRole('button').click()
  await sam.waitForURL(/dir=desc/)
  await filter('Shipped').click()
  await sam.getByText('Nothing found').waitFor()
  await sam.getByRole('searchbox').fill('')
  await sam.waitForURL('**/board?status=shipped&sort=total&dir=desc')
  await sam.goBack()
  await sam.getByText('Nothing found').waitFor()
  expect(await sam.getByRole('searchbox').inputValue()).toBe('apron')
  await sam.goBack()
  await row(sam, oldest).waitFor()
  await sam.goBack()
  expect(await total.getAttribute('aria-sort')).toBe('ascending')
})

test('another order than the server’s says what it holds for, and holds for all once all are loaded', async () => {
  await sam.goto('/board')
  await sam.locator('[data-order]').first().waitFor()
  await sam.getByRole('columnheader', { name: 'Total' }).getByRole('button').click()
  const notice = sam.getByText(/^Sorted among the newest \d+ of \d+ orders\.$/)
  await notice.waitFor()
  // The apron is the dearest, and the oldest of all.
  expect(await row(sam, oldest).count()).toBe(0)
  await sam.getByRole('button', { name: 'Load all' }).click()
  await notice.waitFor({ state: 'detached' })
  await sam.locator(`[data-order="${orderNumber(oldest.orderId)}"][aria-rowindex="2"]`).waitFor()
})

test('cancelling on the board asks for a reason, and the tiles are the server’s', async () => {
  const order = await shop.place('bob')
  await row(sam, order).getByLabel('Status').selectOption('cancelled')
  await sam.getByLabel('Reason').fill('Out of stock')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await row(sam, order).locator('[data-status="cancelled"]').waitFor()
  const token = await server.signIn('sam')
  const stats = (await (await server.request('/api/admin/stats', { token })).json()) as {
    all: { orders: number; byStatus: { pending: number } }
  }
  await tile(sam, 'orders', String(stats.all.orders)).waitFor()
  await tile(sam, 'pending', String(stats.all.byStatus.pending)).waitFor()
})

test('a customer sees older orders as far down as they want, each of them live', async () => {
  const alice = await openPage(browser, server.url)
  await signIn(alice, 'Alice', '/orders')
  await live(alice)
  const cards = alice.getByRole('main').getByRole('listitem')
  const first = cards.filter({ hasText: orderNumber(alices[0]!.orderId) })
  const more = alice.getByRole('button', { name: 'Show older orders' })
  await more.waitFor()
  const shown = await cards.count()
  expect(shown).toBeLessThan(alices.length / 2)
  await more.click()
  await cards.nth(shown).waitFor()
  expect(await first.count()).toBe(0)
  await more.click()
  await first.waitFor()
  await more.waitFor({ state: 'detached' })
  expect(await cards.count()).toBe(alices.length)
  await shop.changeStatus(alices[0]!, 'processing')
  await first.locator('[data-status="processing"]').waitFor()
  await alice.context().close()
})
