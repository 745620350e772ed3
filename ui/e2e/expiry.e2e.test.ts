import { afterAll, beforeAll, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { startTestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signedIn, signIn } from './browser'
import { GUARDED, tokenOf, type TokenOptions } from './shop-tokens'
import { live } from './shop'

let browser: Browser

beforeAll(async () => {
  await buildUi()
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
})

async function signInAsGrace(page: Page, options?: TokenOptions): Promise<void> {
  await page.getByLabel('Token').fill(await tokenOf('grace', 'customer', options))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await signedIn(page)
}

test('a session that ends over a form asks to sign in again, and goes on where it was', async () => {
  const server = await startTestServer(GUARDED)
  const page = await openPage(browser, server.url)
  try {
    await page.goto('/')
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await page.goto('/sign-in?to=/checkout')
    await signInAsGrace(page)
    await page.getByLabel('Full name').fill('Grace Hopper')
    await page.getByLabel('City').fill('Arlington')

    const revoked = await server.request('/api/admin/revocations', {
      token: await tokenOf('sam', 'staff'),
      json: { subject: 'grace' },
    })
    const { before } = (await revoked.json()) as { readonly before: number }
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).last().click()
    await page.getByText('Sign in again to go on').waitFor()
    await signInAsGrace(page, { issuedAt: before })
    await page.waitForURL(`${server.url}/checkout`)
    expect(await page.getByLabel('Full name').inputValue()).toBe('Grace Hopper')
    expect(await page.getByLabel('City').inputValue()).toBe('Arlington')
    await page.getByText('Tea Towel').waitFor()

    await page.getByLabel('Street and number').fill('1 Quay')
    await page.getByLabel('Postal code').fill('22201')
    await page.getByLabel('Country').selectOption('US')
    await page.getByRole('button', { name: 'Place order' }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]+$/)
  } finally {
    await page.context().close()
    await server.stop()
  }
})

test('tokens that are refused are renewed once for all tabs, and nobody is signed out', async () => {
  const server = await startTestServer()
  const page = await openPage(browser, server.url)
  try {
    await signIn(page, 'Alice', '/orders')
    await live(page)
    const others = [await page.context().newPage(), await page.context().newPage()]
    for (const other of others) {
      await other.goto('/orders')
      await live(other)
    }
    const before = server.logLines.length
    // Another secret: every token from before is refused.
    writeFileSync(join(server.dataDir, 'jwt-secret'), 'x'.repeat(64))
    await server.restart()
    for (const tab of [page, ...others]) {
      await tab.locator('[data-connection]:not([data-connection="live"])').waitFor()
    }
    for (const tab of [page, ...others]) await live(tab)
    for (const tab of [page, ...others]) await signedIn(tab)
    const renewals = server.logLines
      .slice(before)
      .filter((line) => line.path === '/api/demo/sign-in')
    expect(renewals).toHaveLength(1)
  } finally {
    await page.context().close()
    await server.stop()
  }
})
