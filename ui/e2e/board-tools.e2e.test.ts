import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { focusComesTo } from './board-rows'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, live, row, toast, type Shop } from './shop'
import { violations } from './violations'

/** More than one page of the list, and one more than fits one page of the export. */
const ORDERS = 105

let server: TestServer
let shop: Shop
let browser: Browser
let sam: Page
const placed: Order[] = []

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  for (let count = 0; count < ORDERS; count++) placed.push(await shop.place('alice'))
  await shop.changeStatus(placed[0]!, 'processing')
  browser = await openBrowser()
  sam = await openPage(browser, server.url)
  await signIn(sam, 'Sam', '/board')
  await live(sam)
  await row(sam, nth(0)).waitFor()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** Of the list, which begins with the newest. */
function nth(index: number): Order {
  return placed.at(-1 - index)!
}

/** What of the strip above the list shows the orders of one status, or all. */
function filter(status: string): Locator {
  return sam.getByRole('radiogroup', { name: 'Status' }).getByText(status, { exact: true })
}

function focused(): Promise<string | null> {
  return sam.evaluate(
    () => document.activeElement?.closest('[data-order]')?.getAttribute('data-order') ?? null,
  )
}

test('keys lead through the rows, select, search and tell what they do', async () => {
  await sam.keyboard.press('j')
  expect(await focused()).toBe(orderNumber(nth(0).orderId))
  await sam.keyboard.press('j')
  await sam.keyboard.press('j')
  await sam.keyboard.press('k')
  expect(await focused()).toBe(orderNumber(nth(1).orderId))
  await sam.keyboard.press('x')
  await sam.getByText('1 selected').waitFor()
  await sam.keyboard.press('Escape')
  await sam.getByText('1 selected').waitFor({ state: 'detached' })
  // Further down than what is in the page.
  for (let count = 0; count < 40; count++) await sam.keyboard.press('j')
  await focusComesTo(sam, nth(41))

  await sam.keyboard.press('?')
  await sam.getByRole('dialog', { name: 'Keyboard' }).getByText('Next order').waitFor()
  await sam.keyboard.press('Escape')
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
  await focusComesTo(sam, nth(41))

  await sam.keyboard.press('/')
  // In a field a letter is a letter.
  await sam.keyboard.type('jx/?')
  expect(await sam.getByRole('searchbox').inputValue()).toBe('jx/?')
  await sam.getByText('Nothing found').waitFor()
  await sam.getByRole('button', { name: 'Show all orders' }).click()
  await row(sam, nth(0)).waitFor()
})

test('single keys can be switched off, and it is remembered', async () => {
  await sam.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  const on = sam.getByLabel('Single keys do something on the board')
  await on.uncheck()
  await sam.keyboard.press('Escape')
  await sam.reload()
  await row(sam, nth(0)).waitFor()
  await sam.keyboard.press('j')
  expect(await focused()).toBeNull()
  await sam.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await on.check()
  await sam.keyboard.press('Escape')
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
})

test('the export holds every order that the filter leaves, on whatever page', async () => {
  const download = sam.waitForEvent('download')
  await sam.getByRole('button', { name: 'Export CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^orders-\d{4}-\d\d-\d\d\.csv$/)
  const lines = (await Bun.file(await file.path()).text()).trimEnd().split('\r\n')
  expect(lines).toHaveLength(ORDERS + 1)
  expect(lines[0]).toStartWith('Order,Id,Placed')
  expect(lines[1]).toStartWith(`${orderNumber(nth(0).orderId)},${nth(0).orderId},`)
  expect(lines.at(-1)).toContain(',processing,')
  await sam.getByText(`${ORDERS} orders exported.`).waitFor()

  await filter('Processing').click()
  await row(sam, placed[0]!).waitFor()
  const second = sam.waitForEvent('download')
  await sam.getByRole('button', { name: 'Export CSV' }).click()
  const filtered = await Bun.file(await (await second).path()).text()
  expect(filtered.trimEnd().split('\r\n')).toHaveLength(2)
  await filter('All').click()
})

test('an export that is stopped in the middle leaves no file', async () => {
  const arrived = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  await sam.route('**/api/admin/orders?*next=*', async (route) => {
    arrived.resolve()
    await goOn.promise
    await route.fallback().catch(() => undefined)
  })
  const files: string[] = []
  sam.on('download', (download) => files.push(download.suggestedFilename()))
  await sam.getByRole('button', { name: 'Export CSV' }).click()
  await arrived.promise
  await sam.getByText(`Exported 100 of ${ORDERS}`).waitFor()
  await sam.getByRole('button', { name: 'Stop the export' }).click()
  await sam.locator('[data-exporting]').waitFor({ state: 'detached' })
  goOn.resolve()
  await sam.unroute('**/api/admin/orders?*next=*')
  // The next one is whole, and the only one.
  const download = sam.waitForEvent('download')
  await sam.getByRole('button', { name: 'Export CSV' }).click()
  const text = await Bun.file(await (await download).path()).text()
  expect(text.trimEnd().split('\r\n')).toHaveLength(ORDERS + 1)
  expect(files).toHaveLength(1)
})

test('the sound is off until somebody switches it on, and stays as chosen', async () => {
  const sound = sam.getByLabel('Sound on new orders')
  expect(await sound.isChecked()).toBe(false)
  await sound.check()
  await sam.reload()
  expect(await sound.isChecked()).toBe(true)
  await sound.uncheck()
})

test('of several tabs one sounds, and the switch is that of all', async () => {
  await sam.context().addInitScript(() => {
    const start = OscillatorNode.prototype.start
    Object.assign(window, { notes: 0 })
    OscillatorNode.prototype.start = function (this: OscillatorNode, ...when) {
      ;(window as unknown as { notes: number }).notes++
      start.apply(this, when)
    }
  })
  const second = await sam.context().newPage()
  const tabs = [sam, second]
  for (const tab of tabs) {
    await tab.goto('/board')
    await live(tab)
    // A page sounds only once somebody has used it.
    await tab.getByRole('heading', { level: 1 }).click()
  }
  await second.getByLabel('Sound on new orders').check()
  const notes = async (tab: Page) => {
    // A lock that was asked for before is given, or refused, by then.
    await tab.evaluate(() => navigator.locks.query())
    return tab.evaluate(() => (window as unknown as { notes: number }).notes)
  }
  await second.waitForFunction(() => (window as unknown as { notes: number }).notes === 2)
  await sam.waitForFunction(
    () => document.querySelector<HTMLInputElement>('[role="switch"]')!.checked,
  )
  const order = await shop.place('alice')
  placed.push(order)
  for (const tab of tabs) await row(tab, order).waitFor()
  await sam.waitForFunction(async () =>
    (await navigator.locks.query()).held?.every(({ name }) => name !== 'orderwire:sound'),
  )
  // Two for the trial, two for the order.
  expect((await notes(sam)) + (await notes(second))).toBe(4)
  await second.getByLabel('Sound on new orders').uncheck()
  await second.close()
})

test('elsewhere staff are told of new orders: one by one, a burst as a number', async () => {
  await sam.goto('/products')
  await live(sam)
  const orders = [await shop.place('alice')]
  await toast(sam, `New order #${orderNumber(orders[0]!.orderId)}`).waitFor()
  for (let count = 0; count < 4; count++) orders.push(await shop.place('alice'))
  await toast(sam, '5 new orders').waitFor()
  expect(await sam.locator('[data-toast]').count()).toBe(1)

  // Whoever closed the last one, by pointer or by key, is on none: what comes later goes by itself.
  await toast(sam, '5 new orders').getByRole('button').click()
  await sam.locator('[data-toast]').waitFor({ state: 'detached' })
  await sam.mouse.move(0, 0)
  for (const key of ['Escape', null]) {
    orders.push(await shop.place('alice'))
    const later = toast(sam, `New order #${orderNumber(orders.at(-1)!.orderId)}`)
    await later.waitFor()
    if (key !== null) await later.press(key)
    await later.waitFor({ state: 'detached' })
  }
  placed.push(...orders)
  await sam.goto('/board')
  await row(sam, nth(0)).waitFor()
})

test('an order opens beside the list, and the keys lead to the next', async () => {
  await row(sam, nth(1)).getByRole('link').click()
  const drawer = sam.getByRole('dialog')
  await drawer.getByText(`Order #${orderNumber(nth(1).orderId)}`).waitFor()
  await drawer.locator('[data-version="1"]').getByText('alice').waitFor()
  await drawer.getByText('12 Harbour Street').waitFor()
  await sam.keyboard.press('j')
  await drawer.getByText(`Order #${orderNumber(nth(2).orderId)}`).waitFor()
  await sam.waitForURL(`**/board?order=${nth(2).orderId}`)
  await sam.keyboard.press('k')
  await drawer.getByText(`Order #${orderNumber(nth(1).orderId)}`).waitFor()

  // What happens to it shows at once, with who did it.
  await shop.changeStatus(nth(1), 'processing')
  await drawer.locator('[data-version="2"]').getByText('by you').waitFor()
  await drawer.getByRole('button', { name: 'Mark as shipped' }).click()
  await drawer.locator('[data-open="held"]').waitFor()
  await drawer.locator('[data-version="3"]').waitFor()

  await sam.goBack()
  await drawer.waitFor({ state: 'detached' })
  expect(new URL(sam.url()).search).toBe('')
  // Who closes it goes on at the row of the order.
  expect(await focused()).toBe(orderNumber(nth(1).orderId))
})

test('cancelling in the drawer asks, can be undone there, and leaves it open', async () => {
  await sam.goto(`/board?order=${nth(3).orderId}`)
  const drawer = sam.locator('[data-drawer]')
  await drawer.getByRole('button', { name: 'Cancel order…' }).click()
  await sam.getByLabel('Reason').fill('Out of stock')
  await sam.getByRole('button', { name: 'Cancel the order' }).click()
  const undo = drawer.getByRole('button', { name: 'Undo' })
  await undo.focus()
  await drawer
    .getByRole('timer')
    .getByText(/^Sent in (60|5\d) s$/)
    .waitFor()
  await undo.press('Enter')
  await drawer.getByRole('button', { name: 'Cancel order…' }).waitFor()
  // What was pressed is gone: the keys lead on from the drawer itself.
  await sam.waitForFunction(() => document.activeElement?.matches('[data-drawer]'))
  await sam.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
})

test('an order that is not there is told in the drawer', async () => {
  await sam.goto('/board?order=no-such-order')
  await sam.locator('[data-drawer]').getByRole('alert').waitFor()
  await sam.keyboard.press('Escape')
})

test('axe-core finds nothing wrong with what is done on the board, in both themes', async () => {
  await sam.emulateMedia({ reducedMotion: 'reduce' })
  await sam.goto('/board?sort=total&dir=asc')
  await sam.getByRole('button', { name: 'Load all' }).waitFor()
  const order = nth(5)
  await sam.goto('/board')
  await row(sam, order).getByRole('checkbox').click()
  expect(await violations(sam)).toEqual([])
  const selection = sam.getByRole('group', { name: 'Selected orders' })
  await selection.getByRole('button', { name: 'Processing 1' }).click()
  await shop.changeStatus(order, 'cancelled')
  expect(await violations(sam)).toEqual([])
  await sam.locator('[data-open-changes]').waitFor()
  expect(await violations(sam)).toEqual([])
  await sam.getByRole('button', { name: 'Keep theirs' }).click()
  await row(sam, order).getByRole('link').click()
  await sam.locator('[data-drawer] [data-version="2"]').waitFor()
  expect(await violations(sam)).toEqual([])
  await sam.keyboard.press('Escape')
  await sam.locator('[data-drawer]').waitFor({ state: 'detached' })
  await sam.keyboard.press('?')
  await sam.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  expect(await violations(sam)).toEqual([])
})
