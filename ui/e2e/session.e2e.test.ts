import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page, Route } from 'playwright-core'
import { orderNumber } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn, signInAs, signOut } from './browser'
import { GUARDED, tokenOf } from './shop-tokens'
import { createShop, fillAddress, live, recordToasts, toast, told, type Shop } from './shop'

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

async function inBrowser(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(browser, url)
  try {
    await use(page)
  } finally {
    await page.context().close()
  }
}

function keptKeys(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage))
}

function listRequests(from: number): number {
  return server.logLines
    .slice(from)
    .filter((line) => line.method === 'GET' && line.path === '/api/orders').length
}

describe('signing in', () => {
  test('leads back to the page that asked for it', () =>
    inBrowser(server.url, async (page) => {
      await page.goto('/orders')
      await page.getByRole('link', { name: 'Sign in' }).last().click()
      await page.getByRole('button', { name: 'Alice' }).click()
      await page.waitForURL(`${server.url}/orders`)
      await page.getByText('No orders yet').waitFor()
    }))

  test('works with any name and role', () =>
    inBrowser(server.url, async (page) => {
      await page.goto('/sign-in')
      await page.getByLabel('Name').fill('Zoë Quill')
      await page.getByLabel('Staff').check()
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${server.url}/board`)
      await page.locator('[data-tile="orders"]').waitFor()
    }))

  test('does not lead to another site', () =>
    inBrowser(server.url, async (page) => {
      await page.goto('/sign-in?to=//elsewhere.example')
      await page.getByRole('button', { name: 'Alice' }).click()
      await page.waitForURL(`${server.url}/`)
    }))

  test('takes a token where demo sign-in is off, and says what is wrong with a bad one', async () => {
    const guarded = await startTestServer(GUARDED)
    const grace = (options = {}) => tokenOf('grace', 'staff', { name: 'Grace', ...options })
    try {
      await inBrowser(guarded.url, async (page) => {
        await page.goto('/sign-in')
        await page.getByLabel('Token').fill('nonsense')
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByText('This is not a token').waitFor()
        await page
          .getByLabel('Token')
          .fill(await grace({ secret: 'another secret of more than 32 bytes' }))
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.locator('#token[aria-invalid="true"]').waitFor()
        await page.getByLabel('Token').fill(await grace())
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`${guarded.url}/board`)
        await page.getByText('Grace').waitFor()
        await live(page)
      })
    } finally {
      await guarded.stop()
    }
  })
})

test('the board is refused to a customer, in words', () =>
  inBrowser(server.url, async (page) => {
    await signIn(page, 'Bob', '/board')
    await page.getByRole('alert').getByText('The board is for staff').waitFor()
    expect(await page.getByRole('link', { name: 'Board' }).count()).toBe(0)
    expect(await page.locator('[data-tile]').count()).toBe(0)
  }))

test('a reload keeps the session and goes on from what was kept, without loading the list', () =>
  inBrowser(server.url, async (page) => {
    const order = await shop.place('alice')
    const number = orderNumber(order.orderId)
    await signIn(page, 'Alice', '/orders')
    await page.getByText(`#${number}`).waitFor()
    await live(page)
    // Away from the server, so that what happens next is missed.
    await page.goto('about:blank')
    const before = server.logLines.length
    const processing = await shop.changeStatus(order, 'processing')
    await page.goto(`${server.url}/orders`)

    await toast(page, `Order #${number} is processing`).waitFor()
    await page.locator('[data-status="processing"]').waitFor()
    await live(page)
    expect(listRequests(before)).toBe(0)
    await page.reload()
    await live(page)
    await page.locator('[data-status="processing"]').waitFor()
    // What is told next is told after anything else would have been.
    await shop.changeStatus(processing, 'shipped')
    await toast(page, `Order #${number} is shipped`).waitFor()
    expect(await page.locator('[data-toast]').count()).toBe(1)
  }))

test('signing out drops all that was kept, and the next one sees nothing of it', () =>
  inBrowser(server.url, async (page) => {
    const order = await shop.place('alice')
    const number = orderNumber(order.orderId)
    await signIn(page, 'Alice')
    await live(page)
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await page.goto('/orders')
    await page.getByText(`#${number}`).waitFor()
    expect(await keptKeys(page)).not.toEqual([])

    await signOut(page)
    await page.getByText('Nothing in it yet.').waitFor()
    expect(await keptKeys(page)).toEqual([])
    await signIn(page, 'Bob', '/orders')
    await live(page)
    expect(await page.getByText(`#${number}`).count()).toBe(0)
    await page.goto(`/orders/${order.orderId}`)
    await page.getByText('No such order').waitFor()
  }))

test('signing out in one tab signs out in the others', () =>
  inBrowser(server.url, async (page) => {
    await signIn(page, 'Alice', '/orders')
    const other = await page.context().newPage()
    await other.goto('/orders')
    await live(other)
    await signOut(page)
    await other.getByText('Sign in first').waitFor()
    expect(await keptKeys(other)).toEqual([])
  }))

test('a cart filled before signing in comes along', () =>
  inBrowser(server.url, async (page) => {
    await page.goto('/')
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await page.getByRole('link', { name: 'Check out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).last().click()
    await page.getByRole('button', { name: 'Alice' }).click()
    await page.waitForURL(`${server.url}/checkout`)
    await page.getByText('Tea Towel').waitFor()
  }))

test('two tabs have one cart', () =>
  inBrowser(server.url, async (page) => {
    await page.goto('/')
    const other = await page.context().newPage()
    await other.goto('/')
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await other.getByRole('group', { name: 'Quantity of Tea Towel' }).waitFor()
    await other.getByRole('button', { name: 'Add Linen Apron to the cart' }).click()
    await page.getByRole('group', { name: 'Quantity of Linen Apron' }).waitFor()
    await page.getByRole('group', { name: 'Quantity of Tea Towel' }).waitFor()
  }))

test('how many are in the cart: one more, one less, as many as are typed, or none', () =>
  inBrowser(server.url, async (page) => {
    await page.goto('/')
    const add = page.getByRole('button', { name: 'Add Tea Towel to the cart' })
    await add.click()
    const line = page.locator('#cart li').filter({ hasText: 'Tea Towel' })
    const typed = line.getByRole('spinbutton')
    await line.getByText('€9.90').waitFor()
    await line.getByRole('button', { name: 'One more' }).click()
    await line.getByText('€19.80').waitFor()
    expect(await typed.inputValue()).toBe('2')
    await line.getByRole('button', { name: 'One less' }).click()
    await line.getByText('€9.90').waitFor()
    await typed.fill('200')
    await typed.press('Enter')
    await line.getByText('€980.10').waitFor()
    expect(await typed.inputValue()).toBe('99')
    await line.getByRole('button', { name: 'One more', disabled: true }).waitFor()
    await typed.fill('0')
    await typed.press('Enter')
    await page.getByText('Nothing in it yet.').waitFor()
    await add.click()
    await line.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Nothing in it yet.').waitFor()
    await page.reload()
    await page.getByText('Nothing in it yet.').waitFor()
  }))

test('orders that cannot be loaded say so, and come once they can', () =>
  inBrowser(server.url, async (page) => {
    const { orderId } = await shop.place('alice')
    const card = page.getByRole('main').getByRole('link', { name: orderNumber(orderId) })
    const all = /\/api\/orders/
    const goOn = Promise.withResolvers<void>()
    await page.context().route(all, async (route) => {
      await goOn.promise
      await route.abort()
    })
    await signIn(page, 'Alice', '/orders')
    await page.getByText('Loading your orders').waitFor()
    goOn.resolve()
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
    await page.getByText('It is tried again by itself.').waitFor()
    await page.goto(`/orders/${orderId}`)
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
    expect(await page.locator('[data-status]').count()).toBe(0)

    await page.context().unroute(all)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[data-version="1"]').waitFor()
    await page.getByRole('link', { name: 'My orders' }).first().click()
    await card.waitFor()
  }))

test('a page that was not opened before opens while the server cannot be reached', () =>
  inBrowser(server.url, async (page) => {
    const loaded = page.waitForResponse(/orders-page/)
    await signIn(page, 'Alice')
    await loaded
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'My orders' }).click()
    await page.getByRole('heading', { name: 'My orders' }).waitFor()
  }))

test('pages of staff are loaded in advance for staff, and for nobody else', () =>
  inBrowser(server.url, async (page) => {
    const ofStaff = /(board|products|dead-letters)-page/
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    // One after the other: this is the last.
    let last = page.waitForResponse(/not-found-page/)
    await page.goto('/')
    await last
    expect(asked.filter((path) => ofStaff.test(path))).toEqual([])
    last = page.waitForResponse(/products-page/)
    await signIn(page, 'Sam', '/')
    await last
  }))

test('a page that cannot be loaded says so in words, and comes when it is tried again', () =>
  inBrowser(server.url, async (page) => {
    await page.route('**/orders-page*', (route) => route.abort())
    await signIn(page, 'Alice', '/')
    await page.getByRole('link', { name: 'My orders' }).click()
    await page.getByText('This page could not be loaded').waitFor()
    await page.unroute('**/orders-page*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'My orders' }).waitFor()
  }))

test('toasts are not missing where their own part cannot be loaded, and have it once it can', () =>
  inBrowser(server.url, async (page) => {
    await page.route('**/toast-region*', (route) => route.abort())
    await signIn(page, 'Alice', '/orders')
    await live(page)
    const { orderId } = await shop.place('alice')
    const placed = page
      .getByRole('status')
      .filter({ hasText: `#${orderNumber(orderId)} is placed` })
    await placed.getByRole('link').waitFor()
    await placed.getByRole('button', { name: 'Dismiss' }).click()
    await placed.waitFor({ state: 'detached' })

    await page.unroute('**/toast-region*')
    await page.context().setOffline(true)
    await page.context().setOffline(false)
    const next = toast(page, `#${orderNumber((await shop.place('alice')).orderId)} is placed`)
    await next.and(page.locator('[tabindex="0"]')).waitFor()
    // The keys that lead to toasts are of that part.
    await page.keyboard.press('Alt+t')
    await page.keyboard.press('Tab')
    await page.waitForFunction(() => document.activeElement?.matches('[data-toast]'))
  }))

test('closing the dialog leads back to where it was opened', () =>
  inBrowser(server.url, async (page) => {
    const number = orderNumber((await shop.place('alice')).orderId)
    await signIn(page, 'Alice', '/orders')
    const open = page.getByRole('button', { name: `Cancel order #${number}` })
    await open.click()
    await page.getByRole('button', { name: 'Keep the order' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.waitForFunction(
      (button) => button === document.activeElement,
      await open.elementHandle(),
    )
  }))

test('an order with words of any length stays within the page', () =>
  inBrowser(server.url, async (page) => {
    await page.setViewportSize({ width: 390, height: 844 })
    const order = await shop.place('x'.repeat(60))
    await shop.changeStatus(order, 'cancelled', 'y'.repeat(300))
    await signIn(page, 'Sam', `/orders/${order.orderId}`)
    await page.getByText('y'.repeat(300)).first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  }))

describe('checking out', () => {
  async function fill(page: Page): Promise<void> {
    await page.goto('/')
    await page.getByRole('button', { name: 'Add Tea Towel to the cart' }).click()
    await page.getByRole('link', { name: 'Check out' }).click()
    await fillAddress(page, 'Carol King')
  }

  test('says beside each field what is missing, and goes to the first', () =>
    inBrowser(server.url, async (page) => {
      await signInAs(page, 'Carol')
      await fill(page)
      await page.getByLabel('Street and number').fill(' ')
      await page.getByLabel('City').fill('')
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.getByText('Enter street and number.').waitFor()
      await page.getByText('Enter the city.').waitFor()
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('name'))
      expect(focused).toBe('line1')
    }))

  test('a retry after a lost answer places the order once', () =>
    inBrowser(server.url, async (page) => {
      await signInAs(page, 'Carol')
      await fill(page)
      await page.route(
        '**/api/orders',
        async (route) => {
          await route.fetch()
          await route.abort()
        },
        { times: 1 },
      )
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.getByRole('alert').getByText('cannot be reached').waitFor()
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.waitForURL(/\/orders\/[0-9a-f-]+$/)
      const token = await server.signIn('carol')
      const list = (await (await server.request('/api/orders', { token })).json()) as {
        items: unknown[]
      }
      expect(list.items).toHaveLength(1)
    }))

  test('what is answered once somebody has signed out is nothing to whoever is there then', () =>
    inBrowser(server.url, async (page) => {
      await signInAs(page, 'Carol')
      await fill(page)
      const asked = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      const hold = async (route: Route) => {
        asked.resolve()
        await goOn.promise
        await route.continue()
      }
      await page.route('**/api/orders', hold, { times: 1 })
      await page.getByRole('button', { name: 'Place order' }).click()
      await asked.promise
      await signOut(page)
      await page.getByRole('link', { name: 'Shop' }).click()
      await page.getByRole('button', { name: 'Add Linen Apron to the cart' }).click()
      await recordToasts(page)
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      goOn.resolve()
      await (await answered).finished()
      await page.getByRole('button', { name: 'Add Linen Apron to the cart' }).click()
      await page.getByRole('button', { name: 'One less of Linen Apron' }).waitFor()
      expect(await told(page, 0)).toEqual([])
      expect(new URL(page.url()).pathname).toBe('/')
      expect(await keptKeys(page)).toEqual(['orderwire:cart'])
    }))

  test('is refused without a network, with a reason, and what was filled in stays', () =>
    inBrowser(server.url, async (page) => {
      await signInAs(page, 'Carol')
      await fill(page)
      await page.context().setOffline(true)
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.getByRole('alert').getByText('the order was not placed').waitFor()
      expect(await page.getByLabel('City').inputValue()).toBe('Hamburg')
      await page.context().setOffline(false)
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.waitForURL(/\/orders\/[0-9a-f-]+$/)

      await page.context().setOffline(true)
      await page.getByRole('button', { name: /^Cancel order/ }).click()
      await page.getByLabel('Reason').fill('Ordered twice')
      await page.getByRole('button', { name: 'Cancel the order' }).click()
      await page.getByRole('alert').getByText('the order was not cancelled').waitFor()
      await page.context().setOffline(false)
      await page.getByRole('button', { name: 'Cancel the order' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.locator('[data-version="2"]').getByText('Ordered twice').waitFor()
    }))

  test('what was filled in is there again after a reload', () =>
    inBrowser(server.url, async (page) => {
      await signInAs(page, 'Carol')
      await fill(page)
      await page.getByLabel('Apartment').fill('4th floor')
      await page.reload()
      await page.getByLabel('Apartment').waitFor()
      expect(await page.getByLabel('Apartment').inputValue()).toBe('4th floor')
      expect(await page.getByLabel('Country').inputValue()).toBe('DE')
    }))
})
