import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { formatMoney } from '../../server/protocol/money'
import { orderNumber, type Order } from '../../server/protocol/order'
import { ORDER_STATUSES } from '../../server/protocol/order-status'
import type { Stats } from '../../server/protocol/stats'
import { focusComesTo, rowsDown } from './board-rows'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { startKillableServer, type KillableServer } from './killable-server'
import { createShop, live, row, tile, type Shop } from './shop'

const ORDERS = 1_000
/** Of these, one in ten is of the customer who looks at their orders. */
const ALICES = ORDERS / 10
const SHOPPERS = 8

let server: KillableServer
let shop: Shop
let browser: Browser
let sam: Page
let alice: Page

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startKillableServer(), buildUi()])
  shop = createShop(server)
  sam = await openPage(browser, server.url)
  alice = await openPage(browser, server.url)
  await signIn(sam, 'Sam', '/board')
  await signIn(alice, 'Alice', '/orders')
  for (const page of [sam, alice]) {
    await live(page)
    await countToasts(page)
  }
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

test('a thousand orders: the board and a customer have each of them once, and the server’s figures', async () => {
  const placed: Order[] = []
  const half = Promise.withResolvers<void>()
  let next = 0
  const shoppers = Array.from({ length: SHOPPERS }, async () => {
    for (let number = next++; number < ORDERS; number = next++) {
      const order = await shop.place(number % 10 === 0 ? 'alice' : `shopper ${number % 7}`)
      placed.push(order)
      if (placed.length === ORDERS / 2) half.resolve()
      // Some have changed before the last is placed.
      if (number % 20 === 1) await shop.changeStatus(order, 'processing')
      if (number % 20 === 11) await shop.changeStatus(order, 'cancelled')
    }
  })

  // Whoever works there is answered all the while.
  await half.promise
  await sam.keyboard.press('?')
  await sam.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await sam.keyboard.press('Escape')
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
  await Promise.all(shoppers)

  const token = await server.signIn('sam', 'staff')
  const figures = ((await ask('/api/admin/stats', token)) as Stats).all
  expect(figures.orders).toBe(ORDERS)
  await tile(sam, 'orders', texts(figures.orders)).waitFor()
  for (const status of ORDER_STATUSES) {
    await tile(sam, status, texts(figures.byStatus[status])).waitFor()
  }
  const [{ amount, currency }] = figures.revenue as [{ amount: number; currency: string }]
  await tile(sam, 'revenue', formatMoney(amount, currency)).waitFor()

  const newest = await listed('/api/admin/orders?limit=100', token)
  await row(sam, newest[0]!).waitFor()
  await sam.locator(`[role="table"][aria-rowcount="${ORDERS + 1}"]`).waitFor()
  const shown = (await rowsDown(sam)).map(({ number, status }) => `${number} ${status}`)
  expect(shown.length).toBeGreaterThan(5)
  expect(shown).toEqual(described(newest).slice(0, shown.length))

  const alices = await listed('/api/orders?limit=100', await server.signIn('alice'))
  expect(alices).toHaveLength(ALICES)
  await alice.waitForFunction(
    (count) => document.querySelectorAll('main li h2').length === count,
    ALICES,
  )
  const numbers = alices.map(({ orderId }) => `Order #${orderNumber(orderId)}`)
  expect(await alice.locator('main li h2').allTextContents()).toEqual(numbers)

  for (const page of [sam, alice]) {
    const most = await mostToasts(page)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(3)
  }
  await sam.keyboard.press('j')
  await focusComesTo(sam, newest[0]!)
})

async function ask(path: string, token: string): Promise<unknown> {
  return (await server.request(path, { token })).json()
}

async function listed(path: string, token: string): Promise<readonly Order[]> {
  return ((await ask(path, token)) as { readonly items: readonly Order[] }).items
}

const texts = (figure: number) => new Intl.NumberFormat('en').format(figure)

/** Each order with its status, as the board has it. */
function described(orders: readonly Order[]): readonly string[] {
  return orders.map(({ orderId, status }) => `${orderNumber(orderId)} ${status}`)
}

/** Keeps how many toasts were in sight at most, from now on. */
function countToasts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const counted = { most: 0 }
    Object.assign(window, { counted })
    const count = () => {
      const inSight = [...document.querySelectorAll('[data-toast]:not([data-closed])')].filter(
        (toast) => toast.checkVisibility(),
      )
      counted.most = Math.max(counted.most, inSight.length)
    }
    new MutationObserver(count).observe(document.body, { childList: true, subtree: true })
  })
}

function mostToasts(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { counted: { most: number } }).counted.most)
}
