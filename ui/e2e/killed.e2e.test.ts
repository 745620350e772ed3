import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'
import { buildUi, openBrowser, openPage, signIn, signInAs } from './browser'
import { startCuttableProxy, type CuttableProxy } from './cuttable-proxy'
import { BACK_MS, startKillableServer, type KillableServer } from './killable-server'
import {
  fillAddress,
  createShop,
  keptMark,
  live,
  markLoad,
  placedOrder,
  recordToasts,
  row,
  sockets,
  tile,
  timeline,
  toast,
  told,
  type Shop,
} from './shop'

/** A server that is killed (kill -9) in the middle of it all, and comes back on the same port and data. */
const opened = new AsyncDisposableStack()
let server: KillableServer
let proxy: CuttableProxy
let shop: Shop
let browser: Browser
let sam: Page
let placed = 0

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startKillableServer(), buildUi()])
  opened.use(server)
  proxy = await startCuttableProxy(server.port)
  opened.defer(() => proxy.close())
  shop = createShop(server)
  sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam', '/board')
  await live(sam)
  await markLoad(sam)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await opened.disposeAsync()
})

async function place(name: string): Promise<Order> {
  placed++
  return shop.place(name)
}

test('tabs of a board and an order that is looked at go on by themselves, once it is back', async () => {
  const order = await place('alice')
  const alice = await openPage(browser, server.url)
  await signIn(alice, 'Alice', `/orders/${order.orderId}`)
  const [second, third] = [await sam.context().newPage(), await sam.context().newPage()]
  for (const tab of [second, third]) await tab.goto('/board')
  const pages = [sam, second, third, alice]
  for (const page of pages) {
    await live(page)
    await markLoad(page)
    await recordToasts(page)
  }
  await sockets(sam, 2)

  await server.kill()
  for (const page of pages) {
    await page.locator('[data-connection]:not([data-connection="live"])').waitFor()
  }
  await second.close()
  await server.start()
  // Perhaps before the pages are back, perhaps after it.
  const processing = await shop.changeStatus(order, 'processing')
  const next = await place('bob')
  const left = [sam, third, alice]
  for (const page of left) await live(page, BACK_MS)
  await shop.changeStatus(processing, 'shipped')
  const last = await place('bob')

  for (const tab of [sam, third]) {
    for (const each of [next, last]) await row(tab, each).waitFor()
    await row(tab, order).locator('[data-status="shipped"]').waitFor()
    expect(await tab.locator('[data-order]').count()).toBe(placed)
    await tile(tab, 'orders', String(placed)).waitFor()
  }
  // Nothing is told twice in one browser.
  const all = [...(await told(sam, 0)), ...(await told(third, 0))]
  expect(all).toEqual([...new Set(all)])
  await alice.locator('[data-version="3"]').waitFor()
  expect(await timeline(alice)).toEqual(['3', '2', '1'])
  const name = `Order #${orderNumber(order.orderId)}`
  expect(await told(alice, 2)).toEqual([`${name} is processing`, `${name} is shipped`])
  for (const page of left) expect(await keptMark(page)).toBe(true)
  await sockets(sam, 2)
  await third.close()
  await alice.context().close()
})

test('pages that are being loaded say that it is gone, and come when it is back', async () => {
  const guest = await openPage(browser, server.url)
  const kim = await openPage(browser, server.url)
  await signIn(kim, 'Sam')
  const gone = Promise.withResolvers<void>()
  const hold = async (page: Page, path: string) => {
    const asked = page.waitForRequest(path)
    await page.route(path, (route) => gone.promise.then(() => route.continue()))
    return asked
  }
  const held = [hold(guest, '**/api/products'), hold(kim, '**/api/admin/orders*')]
  await guest.goto('/')
  await kim.goto('/board')
  await Promise.all(held)
  await kim.getByRole('heading', { name: 'Board' }).waitFor()
  await server.kill()
  gone.resolve()

  const notice = (page: Page) =>
    page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).first()
  const again = notice(guest).getByRole('button', { name: 'Try again' })
  await notice(guest).waitFor()
  await again.click()
  await notice(guest).waitFor()
  await notice(kim).waitFor()
  await kim.getByText('It is tried again by itself.').waitFor()
  await server.start()
  await again.click()
  await guest.getByRole('button', { name: 'Add Walnut Board to the cart' }).waitFor()
  await notice(guest).waitFor({ state: 'detached' })
  await live(kim, BACK_MS)
  await tile(kim, 'orders', String(placed)).waitFor()
  expect(await kim.locator('[data-order]').count()).toBe(placed)
  await notice(kim).waitFor({ state: 'detached' })
  for (const page of [guest, kim]) await page.context().close()
})

test('what was done and not answered is done once, and it is said', async () => {
  const carol = await openPage(browser, proxy.url)
  const kim = await openPage(browser, proxy.url)
  const changed = await place('bob')
  await signIn(kim, 'Sam', '/board')
  await live(kim)
  await checkOutAsCarol(carol)

  const isChanged = proxy.keepAnswerTo('PATCH /api/admin/orders/')
  await row(kim, changed).getByLabel('Status').selectOption('processing')
  await isChanged
  const isPlaced = proxy.keepAnswerTo('POST /api/orders ')
  await carol.getByRole('button', { name: 'Place order' }).click()
  await isPlaced
  placed++
  await server.kill()
  await carol.getByRole('alert').getByText('cannot be reached').waitFor()
  const undecided = kim.locator('[data-open-changes] li')
  await undecided.getByText('cannot be reached').waitFor()
  await server.start()

  await live(carol, BACK_MS)
  await carol.getByRole('button', { name: 'Place order' }).click()
  const order = await placedOrder(carol)
  await carol.getByRole('link', { name: 'My orders' }).first().click()
  await carol.locator('[data-status]').waitFor()
  expect(await carol.locator('[data-status]').count()).toBe(1)

  await live(kim, BACK_MS)
  await row(kim, order).waitFor()
  await tile(kim, 'orders', String(placed)).waitFor()
  expect(await kim.locator('[data-order]').count()).toBe(placed)
  await undecided.getByRole('button', { name: 'Try again' }).click()
  await undecided.waitFor({ state: 'detached' })
  await toast(kim, `Order #${orderNumber(changed.orderId)} is processing already`).waitFor()
  const token = await server.signIn('sam', 'staff')
  const now = await (await server.request(`/api/orders/${changed.orderId}`, { token })).json()
  expect(now).toMatchObject({ status: 'processing', version: 2 })
  for (const page of [carol, kim]) await page.context().close()
})

async function checkOutAsCarol(page: Page): Promise<void> {
  await signInAs(page, 'Carol')
  await live(page)
  await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
  await page.getByRole('link', { name: 'Check out' }).click()
  await fillAddress(page, 'Carol King')
}
