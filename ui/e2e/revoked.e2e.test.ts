import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage } from './browser'
import { GUARDED, tokenOf } from './shop-tokens'
import { createShop, keptMark, live, markLoad, sockets, toast } from './shop'

/** Long enough to begin with, on a busy machine. */
const SHORT = { life: '8s' }

let server: TestServer
let browser: Browser

beforeAll(async () => {
  await buildUi()
  server = await startTestServer({ ...GUARDED, HEARTBEAT_MS: '1000' })
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** On the sign-in page. */
async function enter(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await live(page)
}

/** @param token asked for once it is needed: a short life begins with it */
async function openAs(path: string, token: () => Promise<string>): Promise<Page> {
  const page = await openPage(browser, server.url)
  await page.goto(`/sign-in?to=${encodeURIComponent(path)}`)
  await enter(page, await token())
  await markLoad(page)
  return page
}

/** Nothing of the shop stays behind, and on the machine only what its bearer goes on with. */
async function ended(page: Page, ...kept: readonly string[]): Promise<void> {
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
  expect(await page.locator('[data-tile], [data-order], [data-connection]').count()).toBe(0)
  expect((await page.evaluate(() => Object.keys(localStorage))).toSorted()).toEqual([
    'orderwire:ended',
    ...kept,
  ])
  expect(await keptMark(page)).toBe(true)
}

test('a token that expires on the board: it asks again, and goes on with what was shown', async () => {
  const path = '/board?status=pending&q=apron&sort=total&dir=asc'
  const kim = await openAs(path, () => tokenOf('kim', 'staff', SHORT))
  await kim.getByText('Nothing found').waitFor()
  await ended(kim)
  await sockets(kim, 0)
  await kim.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await enter(kim, await tokenOf('kim', 'staff'))
  await kim.waitForURL(`${server.url}${path}`)
  await kim.getByText('Nothing found').waitFor()
  expect(await kim.getByRole('searchbox').inputValue()).toBe('apron')
  expect(await keptMark(kim)).toBe(true)
  await kim.context().close()
})

test('what happens until the same person signs in again is told then', async () => {
  const ownShop = createShop({ request: server.request, signIn: tokenOf })
  const orders = [await ownShop.place('grace'), await ownShop.place('grace')]
  const grace = await openAs('/orders', () => tokenOf('grace', 'customer', SHORT))
  await ended(grace, 'orderwire:told:orders:grace')
  for (const order of orders) {
    await ownShop.changeStatus(await ownShop.changeStatus(order, 'processing'), 'shipped')
  }
  await grace.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await enter(grace, await tokenOf('grace', 'customer'))
  await toast(grace, '4 updates while you were away').waitFor()
  await grace.getByText('Changed while you were away').nth(1).waitFor()
  expect(await grace.locator('[data-toast]').count()).toBe(1)
  // It is not looked at yet when the next session ends.
  const staffs = await tokenOf('sam', 'staff')
  await server.request('/api/admin/revocations', { token: staffs, json: { subject: 'grace' } })
  await ended(grace, 'orderwire:missed:grace', 'orderwire:told:orders:grace')
  await grace.context().close()
})

test('tokens that staff revoke end what is open with them, in every tab, and nothing else', async () => {
  const robs = await tokenOf('rob', 'customer')
  const rob = await openAs('/orders', async () => robs)
  const other = await rob.context().newPage()
  await other.goto('/orders')
  await live(other)
  await markLoad(other)
  const kim = await openAs('/board', () => tokenOf('kim', 'staff'))
  await sockets(kim, 2)
  const revoked = await server.request('/api/admin/revocations', {
    token: await tokenOf('sam', 'staff'),
    json: { subject: 'rob' },
  })
  expect(revoked.ok).toBe(true)
  for (const tab of [rob, other]) await ended(tab)
  await sockets(kim, 1)
  expect(await kim.locator('[data-connection="live"]').count()).toBe(1)
  await rob.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await rob.getByLabel('Token').fill(robs)
  await rob.getByRole('button', { name: 'Sign in' }).click()
  await rob.locator('#token[aria-invalid="true"]').waitFor()
  for (const page of [rob, kim]) await page.context().close()
})
