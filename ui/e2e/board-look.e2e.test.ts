import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { createShop, live, row, type Shop } from './shop'

const ORDERS = 12

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

function focused(): Promise<string | null> {
  return sam.evaluate(
    () => document.activeElement?.closest('[data-order]')?.getAttribute('data-order') ?? null,
  )
}

test('the counts are the filter, and the arrow keys lead along it', async () => {
  const all = sam.getByRole('radio', { name: /^All/ })
  await all.focus()
  await sam.keyboard.press('ArrowRight')
  await sam.waitForURL('**/board?status=pending')
  const pending = sam.getByRole('radio', { name: /^Pending ?11 ?, 11 today$/, checked: true })
  await pending.waitFor()
  await sam.keyboard.press('ArrowRight')
  await row(sam, placed[0]!).waitFor()
  // On it a letter is a key of the board, not of a field.
  await sam.keyboard.press('j')
  expect(await focused()).toBe(orderNumber(placed[0]!.orderId))
  await sam.goBack()
  await pending.waitFor()
  await sam.goBack()
  await row(sam, nth(0)).waitFor()
  expect(await all.isChecked()).toBe(true)
})

test('on a phone the first order is on the first screen, and the chosen status in sight', async () => {
  await sam.setViewportSize({ width: 390, height: 844 })
  await sam.goto('/board?status=cancelled')
  const chosen = sam.getByRole('radio', { checked: true })
  await chosen.waitFor()
  await sam.waitForFunction(() => {
    const tile = document.querySelector('[data-tile="cancelled"]')!.getBoundingClientRect()
    return tile.left >= 0 && tile.right <= window.innerWidth
  })
  await sam.goto('/board')
  const first = (await row(sam, nth(0)).boundingBox())!
  expect(first.y + first.height).toBeLessThan(844)
  expect(await sam.evaluate(() => window.scrollY)).toBe(0)
  await sam.setViewportSize({ width: 1280, height: 800 })
})

test('the board uses a wide screen, and the header goes with it', async () => {
  await sam.setViewportSize({ width: 1920, height: 1080 })
  const edges = async (selector: string) => {
    const box = (await sam.locator(selector).first().boundingBox())!
    return [Math.round(box.x), Math.round(box.x + box.width)]
  }
  const [left, right] = await edges('[role="table"]')
  expect(right! - left!).toBeGreaterThan(1_400)
  expect((await edges('header a'))[0]).toBe(left)
  expect((await edges('[data-board-search]'))[1]).toBe(right)
  await sam.goto('/')
  await sam.getByRole('heading', { level: 1 }).waitFor()
  const [shopLeft, shopRight] = await edges('main')
  expect(shopRight! - shopLeft!).toBeLessThan(1_200)
  await sam.setViewportSize({ width: 1280, height: 800 })
  await sam.goto('/board')
  await row(sam, nth(0)).waitFor()
})

test('what is chosen and what has the focus shows without the colours of the page', async () => {
  await sam.emulateMedia({ forcedColors: 'active' })
  const border = (status: string) =>
    sam
      .locator(`[data-tile="${status}"]`)
      .evaluate((tile) => [
        getComputedStyle(tile).borderTopWidth,
        getComputedStyle(tile).outlineStyle,
      ])
  expect(await border('orders')).toEqual(['4px', 'none'])
  expect(await border('pending')).toEqual(['1px', 'none'])
  await sam.getByRole('radio', { name: /^All/ }).focus()
  await sam.keyboard.press('Shift')
  expect(await border('orders')).toEqual(['4px', 'solid'])
  await sam.emulateMedia({ forcedColors: null })
})

test('when an order was placed can be read at every width', async () => {
  const cut: string[] = []
  for (const width of [320, 768, 1024, 1200, 1280]) {
    await sam.setViewportSize({ width, height: 800 })
    await row(sam, nth(0)).waitFor()
    const isCut = await row(sam, nth(0))
      .locator('time')
      .evaluate((time) => {
        const cell = time.parentElement!
        return cell.scrollWidth > cell.clientWidth || time.getClientRects().length > 1
      })
    if (isCut) cut.push(`${width}`)
  }
  expect(cut).toEqual([])
})

test('orders a minute are drawn, and said in words', async () => {
  const canvas = sam.locator('[data-chart] canvas')
  await canvas.waitFor()
  const place = sam.locator('[data-chart]')
  // Nothing of it hangs out of its place.
  expect(await canvas.evaluate((drawn) => drawn.getBoundingClientRect().bottom)).toBe(
    await place.evaluate((host) => host.getBoundingClientRect().bottom),
  )
  await sam.getByText(/\d+ at most, 12 in the last hour/).waitFor()
})

test('rows grow with the size of the text, also while the board is open', async () => {
  await sam.goto('/board')
  await row(sam, nth(1)).waitFor()
  const session = await sam.context().newCDPSession(sam)
  const before = (await row(sam, nth(0)).boundingBox())!.height
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 32 } })
  await sam.waitForFunction((before) => {
    const [first, second] = [...document.querySelectorAll('[data-row]')].map((row) =>
      row.getBoundingClientRect(),
    )
    return first!.height > 1.9 * before && second!.top >= first!.bottom - 1
  }, before)
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16, fixed: 16 } })
  await session.detach()
})
