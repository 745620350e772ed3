import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, fillAddress, live, placedOrder, toast } from './shop'

/** A shop that is tried in a network of one's own: an origin that browsers do not hold for secure. */
let server: TestServer
let browser: Browser
let alice: Page

beforeAll(async () => {
  await buildUi()
  // Of the demo's sign-in: it takes no other host by itself.
  server = await startTestServer({ ALLOWED_ORIGINS: 'http://shop.test' })
  browser = await openBrowser('--host-resolver-rules=MAP shop.test 127.0.0.1')
  alice = await openPage(browser, `http://shop.test:${server.port}`)
  await signIn(alice, 'Alice')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('an order is placed over plain HTTP, and followed', async () => {
  expect(await alice.evaluate(() => isSecureContext)).toBe(false)
  await live(alice)
  await alice.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
  await alice.getByRole('link', { name: 'Check out' }).click()
  await fillAddress(alice, 'Alice Miller')
  await alice.getByRole('button', { name: 'Place order' }).click()
  const { orderId } = await placedOrder(alice)
  await alice.locator('[data-version="1"]').waitFor()
  await toast(alice, 'is placed').waitFor()

  const order = await orderOf(orderId)
  await createShop(server).changeStatus(order, 'processing')
  await alice.locator('[data-version="2"]').getByText('Processing').waitFor()
  await toast(alice, 'is processing').waitFor()
})

test('notifications, which such an origin cannot have, are not offered', async () => {
  await alice.getByRole('button', { name: 'Account: Alice' }).click()
  await alice.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  expect(await alice.getByRole('menuitemcheckbox').count()).toBe(0)
})

async function orderOf(orderId: string): Promise<Order> {
  const token = await server.signIn('alice')
  const response = await server.request(`/api/orders/${orderId}`, { token })
  return (await response.json()) as Order
}
