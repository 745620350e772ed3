import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { focusComesTo } from './board-rows'
import { buildUi, openBrowser, openPage, signIn, signInAs, signOut } from './browser'
import { createShop, live, recordToasts, row, toast, told, type Shop } from './shop'

let server: TestServer
let shop: Shop
let browser: Browser
let sam: Page

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  browser = await openBrowser()
  sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam', '/board')
  await live(sam)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

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

function tick(page: Page, order: Order): Locator {
  return row(page, order).getByRole('checkbox')
}

/** Chooses a status, and waits until that is held. */
async function choose(page: Page, order: Order, status: OrderStatus): Promise<Locator> {
  await row(page, order).getByLabel('Status').selectOption(status)
  const bar = page.locator('[data-held]').filter({ hasText: orderNumber(order.orderId) })
  await bar.waitFor()
  return bar
}

/** Of the page in sight, and with nobody on the bar, it is five seconds at most. */
const A_MINUTE = /^Sent in (60|5\d) s$/
const SECONDS = /^Sent in [0-5] s$/

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
  await held.getByRole('button', { name: 'Undo' }).focus()
  // Away from where the bar came up: on it, the pointer would hold it as well.
  await sam.mouse.move(300, 10)
  await changeAsKim(orders[1]!, 'cancelled')
  await sam.getByRole('searchbox').focus()
  const decision = undecided(sam, orders[1]!)
  await decision.getByText('Yours is no longer possible.').waitFor()
  await decision.getByRole('button', { name: 'Keep theirs' }).click()
  for (const order of [orders[0]!, orders[2]!]) {
    await row(sam, order).locator('select[data-status="processing"]').waitFor()
    // Once: what was taken back before was never sent.
    expect(await orderNow(order)).toMatchObject({ status: 'processing', version: 2 })
  }
})

/** Sam chooses a status, and before it is sent the customer cancels the order; the board has it. */
async function cancelledMeanwhile(reason: string): Promise<Order> {
  const order = await shop.place('bob')
  const bar = await choose(sam, order, 'processing')
  await bar.getByRole('button', { name: 'Undo' }).focus()
  await recordToasts(sam)
  const cancelled = await server.request(`/api/orders/${order.orderId}/cancel`, {
    token: await server.signIn('bob', 'customer'),
    json: { reason },
  })
  expect(cancelled.status).toBe(200)
  return order
}

test('a customer who cancels before a change is sent is told of once, by the question', async () => {
  const order = await cancelledMeanwhile('Ordered twice')
  const next = await shop.place('bob')
  await shop.changeStatus(next, 'cancelled', 'Out of stock')
  // What is told of the other order is told after the first one would have been.
  expect(await told(sam, 1)).toEqual([`Order #${orderNumber(next.orderId)} was cancelled`])
  await sam.getByRole('searchbox').focus()
  const decision = undecided(sam, order)
  await decision.getByText('The customer cancelled it (“Ordered twice”)').waitFor()
  await decision.getByText('Yours is no longer possible.').waitFor()
  await decision.getByRole('button', { name: 'Keep theirs' }).click()
  expect(await told(sam, 1)).toHaveLength(1)
})

test('who is on another page is told of the cancellation once, and that it needs an answer', async () => {
  const order = await cancelledMeanwhile('Ordered twice')
  await sam.getByRole('link', { name: 'My orders' }).click()
  await toast(sam, 'Your change was not made').waitFor()
  const text = `Order #${orderNumber(order.orderId)} was cancelled`
  expect(await told(sam, 1)).toEqual([text])
  await toast(sam, text).getByRole('link').click()
  await undecided(sam, order).getByRole('button', { name: 'Keep theirs' }).click()
})

test('who takes the change back is told that the customer cancelled', async () => {
  const order = await cancelledMeanwhile('No longer needed')
  await sam.locator('[data-held]').getByRole('button', { name: 'Undo' }).click()
  const number = orderNumber(order.orderId)
  await toast(sam, `Order #${number} was cancelled`).waitFor()
})

test('a conflict can be decided for the change', async () => {
  const contested = await shop.place('bob')
  await row(sam, contested).getByLabel('Status').selectOption('cancelled')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
  const bar = sam.locator('[data-held]').filter({ hasText: orderNumber(contested.orderId) })
  await bar.getByRole('button', { name: 'Undo' }).focus()
  await changeAsKim(contested, 'processing')
  await sam.getByRole('searchbox').focus()
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

  // What was selected and typed is there for another attempt.
  await tick(sam, order).click()
  const selection = sam.getByRole('group', { name: 'Selected orders' })
  await selection.getByRole('button', { name: 'Processing' }).click()
  await selection.getByText('1 selected').waitFor()
  await selection.getByRole('button', { name: 'Cancelled' }).click()
  await sam.getByLabel('Reason').fill('Out of stock')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await toast(sam, 'You are offline').nth(2).waitFor()
  expect(await sam.getByLabel('Reason').inputValue()).toBe('Out of stock')
  await sam.keyboard.press('Escape')
  await sam.keyboard.press('Escape')
  await selection.waitFor({ state: 'detached' })
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

test('a held change waits while the pointer is on it, and goes on when it leaves', async () => {
  const order = await shop.place('bob')
  const bar = await choose(sam, order, 'processing')
  await bar.hover()
  await sam.mouse.move(...(await middleOf(bar)))
  await bar.getByRole('timer').getByText(A_MINUTE).waitFor()
  await sam.mouse.move(300, 10)
  await bar.getByRole('timer').getByText(SECONDS).waitFor()
  await row(sam, order).locator('select[data-status="processing"]').waitFor()
})

test('it waits while the focus is on it, and who takes it back goes on at the order', async () => {
  const order = await shop.place('bob')
  const bar = await choose(sam, order, 'processing')
  const undo = bar.getByRole('button', { name: 'Undo' })
  await undo.focus()
  await bar.getByRole('timer').getByText(A_MINUTE).waitFor()
  expect(await undo.evaluate((button) => button.getAttribute('aria-describedby'))).toBe(
    await bar.getByRole('timer').getAttribute('id'),
  )
  await sam.keyboard.press('Enter')
  await bar.waitFor({ state: 'detached' })
  await focusComesTo(sam, order)
  expect(await orderNow(order)).toMatchObject({ status: 'pending', version: 1 })
})

test('who cancels from the list goes on at the order', async () => {
  const order = await shop.place('bob')
  await row(sam, order).getByLabel('Status').focus()
  await row(sam, order).getByLabel('Status').selectOption('cancelled')
  await sam.getByRole('button', { name: 'Keep the order' }).click()
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
  await focusComesTo(sam, order)
  await row(sam, order).getByLabel('Status').selectOption('cancelled')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await row(sam, order).locator('[data-open="held"]').waitFor()
  await focusComesTo(sam, order)
  await sam.keyboard.press('z')
  await row(sam, order).getByLabel('Status').waitFor()
})

test('a page that goes out of sight sends what was held', async () => {
  const order = await shop.place('bob')
  const bar = await choose(sam, order, 'processing')
  // Otherwise it would wait for a minute.
  await bar.getByRole('button', { name: 'Undo' }).focus()
  await bar.getByRole('timer').getByText(A_MINUTE).waitFor()
  await setVisibility(sam, 'hidden')
  await row(sam, order).locator('select[data-status="processing"]').waitFor()
  await setVisibility(sam, 'visible')
})

test('a change that could not be sent is tried again by who wants it', async () => {
  const order = await shop.place('bob')
  await sam.route('**/api/admin/orders/*', (route) => route.abort())
  await choose(sam, order, 'processing')
  const question = undecided(sam, order)
  await question.getByText('The server cannot be reached').waitFor()
  await row(sam, order).getByText('Not changed').waitFor()
  await sam.unroute('**/api/admin/orders/*')
  await question.getByRole('button', { name: 'Try again' }).click()
  await row(sam, order).locator('select[data-status="processing"]').waitFor()
  await question.waitFor({ state: 'detached' })
  expect(await orderNow(order)).toMatchObject({ status: 'processing', version: 2 })
})

test('a colleague who was faster is not overwritten on the page of an order', async () => {
  const contested = await shop.place('bob')
  await sam.goto(`/orders/${contested.orderId}`)
  const ask = sam.getByRole('button', { name: 'Cancel order' })
  const confirm = sam.getByRole('button', { name: 'Cancel the order' })
  await ask.click()
  await confirm.waitFor()
  await changeAsKim(contested, 'processing')
  await sam.locator('[data-version="2"]').waitFor()
  await confirm.click()
  await sam.getByRole('alert').getByText('Somebody else has changed this order').waitFor()
  expect(await orderNow(contested)).toMatchObject({ status: 'processing', version: 2 })
  // Who has looked at the order and asks again means it.
  await sam.getByRole('button', { name: 'Keep the order' }).click()
  await ask.click()
  await confirm.click()
  await sam.locator('[data-version="3"]').waitFor()
  expect(await orderNow(contested)).toMatchObject({ status: 'cancelled', version: 3 })
  await sam.goto('/board')
  await live(sam)
})

test('changes that could not be sent are tried again together', async () => {
  const orders = [await shop.place('bob'), await shop.place('bob')]
  await sam.route('**/api/admin/orders/*', (route) => route.abort())
  for (const order of orders) await choose(sam, order, 'processing')
  for (const order of orders) await row(sam, order).getByText('Not changed').waitFor()
  await sam.unroute('**/api/admin/orders/*')
  await sam.getByRole('button', { name: 'Try all again' }).click()
  for (const order of orders) {
    await row(sam, order).locator('select[data-status="processing"]').waitFor()
  }
  await sam.locator('[data-open-changes]').waitFor({ state: 'detached' })
})

test('two members of staff, each at a board: the slower one is told, decides, and both see it', async () => {
  const kim = await openPage(browser, server.url)
  await signInAs(kim, 'Kim', { to: '/board', role: 'Staff' })
  await live(kim)

  const order = await shop.place('bob')
  await row(kim, order).waitFor()
  await row(sam, order).getByLabel('Status').selectOption('cancelled')
  await sam.getByLabel('Reason').fill('Out of stock')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  await sam.locator('[data-held]').getByRole('button', { name: 'Undo' }).focus()
  await choose(kim, order, 'processing')
  await row(kim, order).locator('select[data-status="processing"]').waitFor()

  // Sam leaves the bar: now it is sent, and Kim was faster.
  await sam.getByRole('searchbox').focus()
  const decision = undecided(sam, order)
  await decision.getByText(/^kim changed it:/i).waitFor()
  expect(await orderNow(order)).toMatchObject({ status: 'processing', version: 2 })
  await decision.getByRole('button', { name: 'Apply yours anyway' }).click()
  for (const page of [sam, kim]) {
    await row(page, order).locator('[data-status="cancelled"]').waitFor()
  }
  // To Kim it is news; Sam did it.
  await toast(kim, `Order #${orderNumber(order.orderId)} was cancelled`).waitFor()
  expect(await toast(sam, 'was cancelled').count()).toBe(0)
  await kim.context().close()
})

test('who signs out leaves what was held made, not dropped', async () => {
  const order = await shop.place('bob')
  await choose(sam, order, 'processing')
  const sent = sam.waitForResponse((answer) => answer.request().method() === 'PATCH')
  await signOut(sam)
  expect((await sent).status()).toBe(200)
  expect(await orderNow(order)).toMatchObject({ status: 'processing', version: 2 })
  expect(await toast(sam, 'not made').count()).toBe(0)
})

async function middleOf(locator: Locator): Promise<[number, number]> {
  const { x, y, width, height } = (await locator.boundingBox())!
  return [x + width / 2 - 5, y + height / 2]
}

/** A tab without a window is always in sight: what the browser says of it is put in its place. */
async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}
