import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/testing/chromium'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, DEADLINE_MS, openBrowser, openPage, signIn } from './browser'
import { fillAddress, live } from './shop'

/** Where nothing can be kept: what is shown is lost with the page, and nothing else. */
let server: TestServer

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
}, 60_000)

afterAll(() => server?.stop())

async function placeOrder(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
  await page.getByRole('link', { name: 'Check out' }).click()
  await fillAddress(page, 'Alice Miller')
  await page.getByRole('button', { name: 'Place order' }).click()
  await page.waitForURL(/\/orders\/[0-9a-f-]+$/)
  await page.locator('[data-version="1"]').waitFor()
  await live(page)
}

test('an order is placed where the browser lets the page keep nothing', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'orderwire-profile-'))
  await mkdir(join(profile, 'Default'))
  const cookies = 2
  const settings = { profile: { default_content_setting_values: { cookies } } }
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(settings))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium()!,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
    baseURL: server.url,
    locale: 'en-GB',
  })
  try {
    context.setDefaultTimeout(DEADLINE_MS)
    const page = await context.newPage()
    await page.goto('/sign-in')
    const isForbidden = await page.evaluate(() => {
      try {
        return localStorage === null
      } catch {
        return true
      }
    })
    expect(isForbidden).toBe(true)
    await signIn(page, 'Alice')
    await placeOrder(page)
  } finally {
    await context.close()
    await rm(profile, { recursive: true })
  }
})

test('an order is placed where the storage of the browser is full', async () => {
  const browser = await openBrowser()
  try {
    const page = await openPage(browser, server.url)
    await page.goto('/sign-in')
    await page.evaluate(() => {
      for (const storage of [localStorage, sessionStorage]) {
        for (let length = 2 ** 23; length >= 1; length /= 2) {
          try {
            for (;;) storage.setItem(`full-${storage.length}`, 'x'.repeat(length))
          } catch {
            // No room for as much: less may fit.
          }
        }
      }
    })
    await signIn(page, 'Alice')
    await placeOrder(page)
  } finally {
    await browser.close()
  }
})
