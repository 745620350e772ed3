import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { startCuttableProxy } from './cuttable-proxy'
import {
  createShop,
  fillAddress,
  keptMark,
  live,
  markLoad,
  placedOrder,
  row,
  tile,
  toast,
  type Shop,
} from './shop'

let server: TestServer
let shop: Shop
let browser: Browser

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  shop = createShop(server)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe('a customer and a member of staff, each in their own browser', () => {
  let alice: Page
  let sam: Page
  let order: Pick<Order, 'orderId'>
  let number: string

  beforeAll(async () => {
    alice = await openPage(browser, server.url)
    sam = await openPage(browser, server.url)
    await signIn(alice, 'Alice')
    await signIn(sam, 'Sam')
    await live(alice)
    await live(sam)
    await markLoad(sam)
  }, 60_000)

  test('an order placed in one is on the board in the other, without a refresh', async () => {
    await sam.getByText('No orders yet').waitFor()
    await alice.getByRole('button', { name: 'Add Walnut Board to the cart' }).click()
    await alice.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await alice.getByRole('link', { name: 'Check out' }).click()
    await fillAddress(alice, 'Alice Miller')
    await alice.getByRole('button', { name: 'Place order' }).click()
    order = await placedOrder(alice)
    number = orderNumber(order.orderId)

    await row(sam, order).getByText('1 × Walnut Board, 1 × Tea Towel').waitFor()
    await row(sam, order).getByText('€76.04').waitFor()
    await tile(sam, 'orders', '1').waitFor()
    await tile(sam, 'pending', '1').waitFor()
    await tile(sam, 'revenue', '€76.04').waitFor()
    await toast(alice, `Order #${number} is placed`).waitFor()
    // The board shows it: a toast would only repeat that.
    expect(await sam.locator('[data-toast]').count()).toBe(0)
    expect(await keptMark(sam)).toBe(true)
  })

  test('a status changed on the board reaches the customer, with a toast', async () => {
    await markLoad(alice)
    await alice.locator('[data-version="1"]').waitFor()
    await row(sam, order).getByLabel('Status').selectOption('processing')

    await toast(alice, `Order #${number} is processing`).waitFor()
    await alice.locator('[data-version="2"]').getByText('Processing').waitFor()
    await alice.getByRole('link', { name: 'My orders' }).first().click()
    await alice
      .getByRole('listitem')
      .filter({ hasText: number })
      .locator('[data-status="processing"]')
      .waitFor()
    await tile(sam, 'pending', '0').waitFor()
    expect(await keptMark(alice)).toBe(true)
  })

  test('the board offers the allowed transitions and no other', async () => {
    const options = row(sam, order).getByLabel('Status').locator('option')
    expect(await options.allTextContents()).toEqual(['Processing', 'Shipped', 'Cancelled'])
  })

  test('a cancellation is on the board, with a warning, and moves the tiles', async () => {
    await alice.getByRole('button', { name: `Cancel order #${number}` }).click()
    await alice.getByLabel('Reason').fill('Ordered twice')
    await alice.getByRole('button', { name: 'Cancel the order' }).click()
    await alice.getByRole('dialog').waitFor({ state: 'detached' })

    const warning = toast(sam, `Order #${number} was cancelled`)
    await warning.waitFor()
    expect(await warning.getAttribute('data-toast')).toBe('warning')
    await warning.getByText('Ordered twice').waitFor()
    await row(sam, order).locator('[data-status="cancelled"]').waitFor()
    await tile(sam, 'orders', '1').waitFor()
    await tile(sam, 'revenue', '—').waitFor()
    await alice.locator('[data-status="cancelled"]').waitFor()
    expect(await alice.getByRole('button', { name: /^Cancel order/ }).count()).toBe(0)
    expect(await keptMark(sam)).toBe(true)
  })
})

test('what happened while the connection was cut is there afterwards, once and in order', async () => {
  const [first, second] = [await shop.place('bob'), await shop.place('bob')]
  const proxy = await startCuttableProxy(server.port)
  const bob = await openPage(browser, proxy.url)
  try {
    await signIn(bob, 'Bob', '/orders')
    await live(bob)
    await bob.getByText(`#${orderNumber(second.orderId)}`).waitFor()
    const before = server.logLines.length

    proxy.cut()
    await bob.locator('[data-connection="waiting"]').waitFor()
    const processing = await shop.changeStatus(first, 'processing')
    await shop.changeStatus(processing, 'shipped')
    await shop.changeStatus(second, 'cancelled', 'Out of stock')
    expect(await bob.locator('[data-status="pending"]').count()).toBe(2)
    proxy.restore()

    await live(bob)
    const numbers = [first, first, second].map(({ orderId }) => `Order #${orderNumber(orderId)}`)
    await toast(bob, `${numbers[2]} is cancelled`).waitFor()
    expect(await bob.locator('[data-toast] a').allTextContents()).toEqual([
      `${numbers[0]} is processing`,
      `${numbers[1]} is shipped`,
      `${numbers[2]} is cancelled`,
    ])
    await bob.locator('[data-status="shipped"]').waitFor()
    await bob.locator('[data-status="cancelled"]').waitFor()
    expect(await bob.locator('[data-status]').count()).toBe(2)

    const missed = bob.getByText('Changed while you were away')
    expect(await missed.count()).toBe(2)

    const log = server.logLines.slice(before)
    const resumes = log.filter((line) => line.msg === 'resume' && line.subject === 'bob')
    expect(resumes).toMatchObject([{ channel: 'orders', recovered: true, replayed: 3 }])
    const lists = log.filter((line) => line.method === 'GET' && line.path === '/api/orders')
    expect(lists).toEqual([])

    await bob
      .getByRole('link', { name: `#${orderNumber(first.orderId)}` })
      .first()
      .click()
    await bob.locator('[data-version="3"]').waitFor()
    const versions = await bob
      .locator('[data-version]')
      .evaluateAll((steps) => steps.map((step) => step.getAttribute('data-version')))
    expect(versions).toEqual(['3', '2', '1'])
    // What was looked at is not missed any more.
    await bob.getByRole('link', { name: 'My orders' }).first().click()
    await bob
      .getByText(`#${orderNumber(first.orderId)}`)
      .first()
      .waitFor()
    expect(await missed.count()).toBe(1)
  } finally {
    await bob.context().close()
    proxy.close()
  }
})

test('what the server cannot send again is loaded, told as what was missed, and no more', async () => {
  const small = await startTestServer({ WINDOW_MAX_ENTRIES: '1', REPLAY_MAX_ENTRIES: '1' })
  const shopOfSmall = createShop(small)
  const [first, second] = [await shopOfSmall.place('bob'), await shopOfSmall.place('bob')]
  const proxy = await startCuttableProxy(small.port)
  const bob = await openPage(browser, proxy.url)
  try {
    await signIn(bob, 'Bob', '/orders')
    await live(bob)
    proxy.cut()
    await bob.locator('[data-connection="waiting"]').waitFor()
    await shopOfSmall.changeStatus(await shopOfSmall.changeStatus(first, 'processing'), 'shipped')
    await shopOfSmall.changeStatus(second, 'cancelled')
    const before = small.logLines.length
    proxy.restore()

    await live(bob)
    await bob.locator('[data-status="shipped"]').waitFor()
    await bob.locator('[data-status="cancelled"]').waitFor()
    await bob.locator('[data-toast]').nth(1).waitFor()
    expect((await bob.locator('[data-toast] a').allTextContents()).toSorted()).toEqual(
      [
        `Order #${orderNumber(first.orderId)} is shipped`,
        `Order #${orderNumber(second.orderId)} is cancelled`,
      ].toSorted(),
    )
    expect(small.logLines.slice(before).filter((line) => line.msg === 'resume')).toMatchObject([
      { channel: 'orders', recovered: false },
      { channel: 'orders', recovered: true, replayed: 0 },
    ])
  } finally {
    await bob.context().close()
    proxy.close()
    await small.stop()
  }
})
