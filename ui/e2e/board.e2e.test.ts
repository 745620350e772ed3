import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, live, row, tile, toast, type Shop } from './shop'

/** More than two pages of the list. */
const ORDERS = 120

let server: TestServer
let shop: Shop
let browser: Browser
let oldest: Order
let newest: Order
let sam: Page

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  oldest = await shop.place('zelda', 'linen-apron')
  for (let count = 1; count < ORDERS; count++) newest = await shop.place('alice')
  browser = await openBrowser()
  sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam')
  await live(sam)
}, 60_000)

async function changeAsKim(order: Order, status: OrderStatus): Promise<void> {
  const changed = await server.request(`/api/admin/orders/${order.orderId}`, {
    method: 'PATCH',
    token: await server.signIn('kim', 'staff'),
    json: { status },
    headers: { 'if-match': `"${order.version}"` },
  })
  expect(changed.status).toBe(200)
}

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

function tick(page: Page, order: Order): Locator {
  return row(page, order).getByRole('checkbox')
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
  const rows = await sam.locator('[data-order]').evaluateAll((elements) =>
    elements
      .map((element) => ({
        order: element.getAttribute('data-order'),
        top: element.getBoundingClientRect().top,
      }))
      .sort((a, b) => a.top - b.top),
  )
  expect(rows[0]?.order).toBe(orderNumber(held.orderId))
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

test('a change that somebody else was faster with is not made, and waits for a decision', async () => {
  const contested = await shop.place('bob')
  const select = row(sam, contested).getByLabel('Status')
  // The list is opened, …
  await select.dispatchEvent('pointerdown')
  // … meanwhile the order changes, …
  await changeAsKim(contested, 'processing')
  await row(sam, contested).locator('[data-status="processing"]').waitFor()
  // … and then something is chosen.
  await select.selectOption('cancelled')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await row(sam, contested).locator('[data-open="held"]').waitFor()
  const decision = undecided(sam, contested)
  await decision.getByText('kim changed it:').waitFor()
  await decision.locator('[data-status="processing"]').waitFor()
  await decision.locator('[data-status="cancelled"]').waitFor()
  expect(await orderNow(contested)).toMatchObject({ status: 'processing', version: 2 })
  await decision.getByRole('button', { name: 'Keep theirs' }).click()
  await row(sam, contested).getByLabel('Status').waitFor()
  expect(await orderNow(contested)).toMatchObject({ status: 'processing', version: 2 })
})

test('several are selected, changed together, and taken back together', async () => {
  const orders = [await shop.place('bob'), await shop.place('bob'), await shop.place('bob')]
  await row(sam, orders[2]!).waitFor()
  await tick(sam, orders[0]!).click()
  await tick(sam, orders[2]!).click({ modifiers: ['Shift'] })
  const selection = sam.getByRole('group', { name: 'Selected orders' })
  await selection.getByText('3 selected').waitFor()

  // What is new waits above also at the top, as long as something is selected.
  const late = await shop.place('bob')
  await sam.getByRole('button', { name: '1 new order' }).waitFor()
  expect(await row(sam, late).count()).toBe(0)

  await selection.getByRole('button', { name: 'Processing' }).click()
  const held = sam.locator('[data-held="3"]').filter({ hasText: '3 orders → Processing' })
  await held.waitFor()
  expect(await sam.locator('[data-order] [data-open="held"]').count()).toBe(3)
  await row(sam, late).waitFor()
  await held.getByRole('button', { name: 'Undo' }).click()
  await held.waitFor({ state: 'detached' })
  expect(await sam.locator('[data-open]').count()).toBe(0)

  // Kim is faster with one of them; the others are made, and that one is asked about.
  for (const order of orders) await tick(sam, order).click()
  await selection.getByRole('button', { name: 'Processing' }).click()
  await changeAsKim(orders[1]!, 'cancelled')
  const decision = undecided(sam, orders[1]!)
  await decision.getByText('Yours is no longer possible.').waitFor()
  await decision.getByRole('button', { name: 'Keep theirs' }).click()
  for (const order of [orders[0]!, orders[2]!]) {
    await row(sam, order).locator('select[data-status="processing"]').waitFor()
    // Once: what was taken back before was never sent.
    expect(await orderNow(order)).toMatchObject({ status: 'processing', version: 2 })
  }
})

test('a conflict can be decided for the change', async () => {
  const contested = await shop.place('bob')
  await row(sam, contested).getByLabel('Status').selectOption('cancelled')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await changeAsKim(contested, 'processing')
  await undecided(sam, contested).getByRole('button', { name: 'Apply yours anyway' }).click()
  await row(sam, contested).locator('[data-status="cancelled"]').waitFor()
  expect(await orderNow(contested)).toMatchObject({ status: 'cancelled', version: 3 })
})

test('without network nothing is held, and it is said', async () => {
  const order = await shop.place('bob')
  await row(sam, order).waitFor()
  await sam.context().setOffline(true)
  await sam.locator('[data-connection="offline"]').waitFor()
  await row(sam, order).getByLabel('Status').selectOption('processing')
  await toast(sam, 'You are offline').waitFor()
  expect(await sam.locator('[data-open]').count()).toBe(0)
  await sam.context().setOffline(false)
  await live(sam)
})

test('who leaves is warned, and what was held is sent', async () => {
  const order = await shop.place('bob')
  await row(sam, order).getByLabel('Status').selectOption('processing')
  await row(sam, order).locator('[data-open="held"]').waitFor()
  const warning = new Promise<string>((resolve) => {
    sam.once('dialog', (dialog) => {
      resolve(dialog.type())
      void dialog.accept()
    })
  })
  await sam.reload()
  expect(await warning).toBe('beforeunload')
  await row(sam, order).locator('[data-status="processing"]').waitFor()
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

test('nothing is wider than a page of 320 pixels', async () => {
  await sam.setViewportSize({ width: 320, height: 640 })
  const wide: string[] = []
  const paths = ['/', '/checkout', '/orders', `/orders/${newest.orderId}`, '/board', '/nowhere']
  for (const path of paths) {
    await sam.goto(path)
    await sam.getByRole('main').getByRole('heading').first().waitFor()
    const width = await sam.evaluate(() => document.documentElement.scrollWidth)
    if (width > 320) wide.push(`${path}: ${width}`)
  }
  expect(wide).toEqual([])
})
