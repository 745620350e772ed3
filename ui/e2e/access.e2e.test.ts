import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { buildUi, openBrowser, openPage, signIn } from './browser'
import { GUARDED } from './shop-tokens'
import { createShop, live, toast, type Shop } from './shop'
import { violations } from './violations'

let server: TestServer
/** Where tokens come from elsewhere. */
let guarded: TestServer
let shop: Shop
let browser: Browser
let alice: Page
let sam: Page
let bob: Page
let shipped: Order
let cancelled: Order

beforeAll(async () => {
  await buildUi()
  server = await startTestServer()
  guarded = await startTestServer(GUARDED)
  shop = createShop(server)
  shipped = await shop.changeStatus(
    await shop.changeStatus(await shop.place('alice'), 'processing'),
    'shipped',
  )
  cancelled = await shop.changeStatus(await shop.place('alice'), 'cancelled', 'Out of stock')
  await shop.place('alice', 'walnut-board')
  browser = await openBrowser()
  ;[alice, sam, bob] = await Promise.all([openStill(), openStill(), openStill()])
  await signIn(alice, 'Alice', '/nowhere')
  await signIn(sam, 'Sam', '/nowhere')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await guarded?.stop()
  await server?.stop()
})

/** A page without motion: a colour on its way to another has no contrast of its own. */
async function openStill(): Promise<Page> {
  const page = await openPage(browser, server.url)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  return page
}

interface View {
  readonly name: string
  readonly page: () => Page
  readonly path: () => string
  /** Resolves when what is to be looked at is there. */
  readonly show: (page: Page) => Promise<unknown>
}

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor()

/** One page that shows `path`, until what `show` waits for is there. */
function view(
  name: string,
  page: () => Page,
  path: string | (() => string),
  show: View['show'],
): View {
  return { name, page, path: typeof path === 'string' ? () => path : path, show }
}

const VIEWS: readonly View[] = [
  view('the shop', () => bob, '/', heading('Espresso Cup')),
  view(
    'a cart',
    () => alice,
    '/',
    async (page) => {
      await page.getByRole('button', { name: /^Add Tea Towel/ }).click()
      await page
        .getByRole('group', { name: /Tea Towel/ })
        .first()
        .waitFor()
    },
  ),
  view(
    'a checkout with errors',
    () => alice,
    '/checkout',
    async (page) => {
      await page.getByLabel('City').fill(' ')
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
    },
  ),
  view('an empty checkout', () => sam, '/checkout', heading('Your cart is empty')),
  view('the sign-in', () => bob, '/sign-in', heading('Somebody else')),
  view(
    'the sign-in with a token',
    () => bob,
    () => `${guarded.url}/sign-in`,
    async (page) => {
      await page.getByLabel('Token').fill('nonsense')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('This is not a token').waitFor()
    },
  ),
  view('what needs a sign-in', () => bob, '/orders', heading('Sign in first')),
  view(
    'my orders',
    () => alice,
    '/orders',
    async (page) => {
      await live(page)
      await page.locator('[data-status="cancelled"]').waitFor()
    },
  ),
  view('no orders', () => sam, '/orders', heading('No orders yet')),
  view(
    'an order',
    () => alice,
    () => `/orders/${shipped.orderId}`,
    (page) => page.locator('[data-version="3"]').waitFor(),
  ),
  view(
    'a cancelled order',
    () => alice,
    () => `/orders/${cancelled.orderId}`,
    (page) => page.locator('[data-version="2"]').waitFor(),
  ),
  view(
    'an order for staff',
    () => sam,
    () => `/orders/${shipped.orderId}`,
    (page) => page.locator('[data-version="3"]').waitFor(),
  ),
  view('no such order', () => alice, '/orders/none', heading('No such order')),
  view('an order that needs a sign-in', () => bob, '/orders/none', heading('Sign in first')),
  view(
    'an order that is loaded',
    () => alice,
    '/orders/late',
    async (page) => {
      await page.route('**/api/orders/late', () => undefined)
      await page.reload()
      await page.getByText('Loading the order').waitFor()
    },
  ),
  view(
    'an order that could not be loaded',
    () => alice,
    '/orders/lost',
    async (page) => {
      await page.route('**/api/orders/lost', (route) => route.abort())
      await page.reload()
      await page.getByRole('alert').waitFor()
    },
  ),
  view(
    'cancelling',
    () => alice,
    '/orders',
    async (page) => {
      await page.getByRole('button', { name: /^Cancel order/ }).click()
      await page.getByRole('dialog').waitFor()
    },
  ),
  view(
    'the connection',
    () => alice,
    '/orders',
    async (page) => {
      await live(page)
      await page.locator('[data-connection]').click()
      await page.getByText('You see every change').waitFor()
    },
  ),
  view(
    'the account menu',
    () => alice,
    '/orders',
    async (page) => {
      await page.getByRole('button', { name: /^Account: / }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    },
  ),
  view(
    'the board',
    () => sam,
    '/board',
    async (page) => {
      await live(page)
      await page.locator('[data-order]').first().waitFor()
    },
  ),
  view(
    'a board that found nothing',
    () => sam,
    '/board',
    async (page) => {
      await page.getByRole('searchbox').fill('nobody at all')
      await page.getByText('Nothing found').waitFor()
    },
  ),
  view(
    'the board with some selected',
    () => sam,
    '/board',
    async (page) => {
      await page.locator('[data-order]').getByRole('checkbox').first().click()
      await page.getByRole('group', { name: 'Selected orders' }).waitFor()
    },
  ),
  view(
    'the board with an order beside it',
    () => sam,
    '/board',
    async (page) => {
      await page.locator('[data-order]').first().getByRole('link').click()
      await page.locator('[data-drawer] [data-version]').first().waitFor()
    },
  ),
  view(
    "the board's keys",
    () => sam,
    '/board',
    async (page) => {
      await page.locator('[data-order]').first().waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  ),
  view('a board that is refused', () => alice, '/board', heading('The board is for staff')),
  view(
    'products for staff',
    () => sam,
    '/products',
    async (page) => {
      await page.getByRole('button', { name: 'Edit House Blend' }).click()
      await page.getByRole('dialog').waitFor()
    },
  ),
  view(
    'products that are refused',
    () => alice,
    '/products',
    (page) => page.getByRole('alert').waitFor(),
  ),
  view('a page that is not there', () => bob, '/nowhere', heading('There is nothing here')),
]

describe('axe-core finds nothing wrong, in both themes, with', () => {
  for (const { name, page, path, show } of VIEWS) {
    test(name, async () => {
      await page().goto(path())
      await show(page())
      expect(await violations(page())).toEqual([])
    })
  }

  test('toasts', async () => {
    await alice.goto('/orders')
    await live(alice)
    const order = await shop.place('alice')
    const placed = toast(alice, `Order #${orderNumber(order.orderId)} is placed`)
    await placed.hover()
    expect(await violations(alice)).toEqual([])
    await alice.mouse.move(0, 0)
  })
})

test('an order is cancelled by keyboard alone, and the focus goes on where it was', async () => {
  const { orderId } = await shop.place('alice')
  await alice.goto('/orders')
  const open = alice.getByRole('button', { name: `Cancel order #${orderNumber(orderId)}` })
  await tabTo(alice, open)
  await alice.keyboard.press('Enter')
  const reason = alice.getByLabel('Reason')
  await focused(reason)
  // All around: focus stays within.
  for (let count = 0; count < 8; count++) await alice.keyboard.press('Tab')
  expect(
    await alice.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null),
  ).toBe(true)
  await alice.keyboard.press('Escape')
  await alice.getByRole('dialog').waitFor({ state: 'detached' })
  await focused(open)

  await alice.keyboard.press('Enter')
  await focused(reason)
  await tabTo(alice, alice.getByRole('button', { name: 'No longer needed' }))
  await alice.keyboard.press('Enter')
  await focused(reason)
  expect(await reason.inputValue()).toBe('No longer needed')
  await tabTo(alice, alice.getByRole('button', { name: 'Cancel the order' }))
  await alice.keyboard.press('Enter')
  await alice.getByRole('dialog').waitFor({ state: 'detached' })
  // The button went with what was done.
  await focused(alice.getByRole('main').getByRole('link', { name: orderNumber(orderId) }))
  await alice.keyboard.press('Enter')
  await alice.locator('[data-version="2"]').getByText('No longer needed').waitFor()
  await alice.locator('[data-version="2"]').getByText('by you').waitFor()
})

test('an order that is shipped meanwhile is not cancelled, which is said in words for customers', async () => {
  const order = await shop.place('alice')
  await alice.goto('/orders')
  await alice.getByRole('button', { name: `Cancel order #${orderNumber(order.orderId)}` }).click()
  await shop.changeStatus(await shop.changeStatus(order, 'processing'), 'shipped')
  await alice.getByRole('button', { name: 'Cancel the order' }).click()
  await alice.getByRole('alert').getByText('can no longer be cancelled').waitFor()
})

test('on the page of an order that is cancelled by keyboard, the focus goes to its name', async () => {
  const { orderId } = await shop.place('alice')
  await alice.goto(`/orders/${orderId}`)
  await tabTo(alice, alice.getByRole('button', { name: 'Cancel order' }))
  await alice.keyboard.press('Enter')
  await focused(alice.getByLabel('Reason'))
  await tabTo(alice, alice.getByRole('button', { name: 'Cancel the order' }))
  await alice.keyboard.press('Enter')
  await focused(alice.getByRole('heading', { level: 1, name: orderNumber(orderId) }))
})

test('a press beside the dialog closes it, one on a toast does not', async () => {
  await alice.goto('/orders')
  await live(alice)
  await alice
    .getByRole('button', { name: /^Cancel order/ })
    .first()
    .click()
  const order = await shop.place('alice')
  const placed = toast(alice, `Order #${orderNumber(order.orderId)} is placed`)
  await placed.getByRole('button', { name: 'Dismiss' }).click()
  await placed.waitFor({ state: 'detached' })
  expect(await alice.getByRole('dialog').count()).toBe(1)
  await alice.mouse.click(10, 400)
  await alice.getByRole('dialog').waitFor({ state: 'detached' })
})

test('many changes at once become one toast, which keys lead to and close', async () => {
  await alice.goto('/nowhere')
  await live(alice)
  const orders = [await shop.place('alice'), await shop.place('alice')]
  for (const order of orders) await shop.changeStatus(order, 'processing')
  const many = toast(alice, 'changes of your orders')
  await many.getByText('4 changes of your orders').waitFor()
  expect(await alice.locator('[data-toast]').count()).toBe(1)
  await alice.keyboard.press('Alt+t')
  await alice.keyboard.press('Tab')
  await focused(many)
  await alice.keyboard.press('Escape')
  await many.waitFor({ state: 'detached' })
})

test('who takes lines out of the cart by keyboard goes on at the next one, then at the cart', async () => {
  await bob.goto('/')
  for (const name of ['Tea Towel', 'Linen Apron', 'Walnut Board']) {
    await bob.getByRole('button', { name: `Add ${name} to the cart` }).click()
  }
  await bob.getByRole('button', { name: 'Remove Tea Towel' }).focus()
  await bob.keyboard.press('Enter')
  await focused(bob.getByRole('button', { name: 'Remove Linen Apron' }))
  await bob.keyboard.press('Tab')
  await bob.keyboard.type('0')
  await bob.keyboard.press('Tab')
  await focused(bob.getByRole('button', { name: 'Remove Walnut Board' }))
  await bob.keyboard.press('Enter')
  await focused(bob.getByRole('heading', { name: 'Your cart' }))
})

test('the account menu works by keyboard alone', async () => {
  await bob.goto('/orders')
  await signIn(bob, 'Bob', '/orders')
  await live(bob)
  const account = bob.getByRole('button', { name: 'Account: Bob' })
  await tabTo(bob, account)
  await bob.keyboard.press('Enter')
  const leave = bob.getByRole('menuitem', { name: 'Sign out' })
  await leave.waitFor()
  await bob.keyboard.press('Escape')
  await leave.waitFor({ state: 'detached' })
  await focused(account)
  await bob.keyboard.press('ArrowDown')
  await focused(bob.getByRole('menuitemcheckbox', { name: 'Notifications' }))
  await bob.keyboard.press('ArrowDown')
  await focused(leave)
  await bob.keyboard.press('Enter')
  await bob.getByRole('link', { name: 'Sign in' }).first().waitFor()
})

test('the connection panel takes the focus, and gives it back', async () => {
  await alice.goto('/orders')
  await live(alice)
  const indicator = alice.getByRole('button', { name: 'Connection: Live' })
  await tabTo(alice, indicator)
  await alice.keyboard.press('Enter')
  const panel = alice.getByRole('dialog', { name: 'Live' })
  await focused(panel)
  await panel.getByText('Shared by all tabs of this browser').waitFor()
  await alice.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
  await focused(indicator)
})

test('what colours tell is told without them, too', async () => {
  await alice.goto(`/orders/${shipped.orderId}`)
  await alice.emulateMedia({ forcedColors: 'active' })
  const steps = alice.getByRole('region', { name: 'Progress' }).getByRole('listitem')
  await steps.nth(3).waitFor()
  expect(await steps.nth(2).getAttribute('aria-current')).toBe('step')
  const bars = await steps.evaluateAll((all) =>
    all.map((step) => getComputedStyle(step.firstElementChild!).backgroundColor),
  )
  expect(bars[2]).toBe(bars[0])
  expect(bars[3]).not.toBe(bars[2]!)
  // One that is no colour of the system becomes that of the page.
  const page = await colour(alice.locator('html'))
  expect(await colour(alice.locator('[data-status] > span').first())).not.toBe(page)
  const current = alice.getByRole('navigation').getByRole('link', { name: 'My orders' })
  expect(await colour(current, '::after')).not.toBe(page)
  await alice.emulateMedia({ forcedColors: 'none' })

  await sam.goto('/products')
  await sam.emulateMedia({ forcedColors: 'active' })
  const chosen = sam.getByRole('button', { name: 'All', pressed: true })
  await chosen.waitFor()
  const other = sam.getByRole('button', { name: 'Hidden', pressed: false })
  expect(await colour(chosen)).not.toBe(await colour(other))
  await sam.emulateMedia({ forcedColors: 'none' })
})

/** Its background. */
function colour(element: Locator, part?: '::after'): Promise<string> {
  return element.evaluate((node, of) => getComputedStyle(node, of).backgroundColor, part)
}

test('nothing moves for whoever wants it so', async () => {
  await alice.goto('/orders')
  await live(alice)
  const order = await shop.place('alice')
  const placed = toast(alice, `Order #${orderNumber(order.orderId)} is placed`)
  await placed.waitFor()
  const seconds = (reducedMotion: 'reduce' | 'no-preference') =>
    alice
      .emulateMedia({ reducedMotion })
      .then(() => placed.evaluate((node) => parseFloat(getComputedStyle(node).animationDuration)))
  expect(await seconds('no-preference')).toBeGreaterThan(0.1)
  expect(await seconds('reduce')).toBeLessThan(0.001)
})

/** Presses Tab until the element has the focus, and fails when it never does. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  await element.waitFor()
  for (let count = 0; count < 60; count++) {
    await page.keyboard.press('Tab')
    if (await hasFocus(element)) return
  }
  throw new Error('Tab never led there.')
}

/** Resolves when the element has the focus. */
async function focused(element: Locator): Promise<void> {
  await element.waitFor()
  await element
    .page()
    .waitForFunction((node) => node === document.activeElement, await element.elementHandle())
}

function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((node) => node === document.activeElement)
}
