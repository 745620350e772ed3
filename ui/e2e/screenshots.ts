import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { startTestServer, type TestServer } from '../../server/testing/test-server'
import { LETTER_VIEWS, openLettersScene } from './letters-scene'
import { createShop } from './shop'
import { buildUi, openBrowser, openPage, signIn } from './browser'

/**
 * Writes pictures of every view into `screenshots/`, for people to look at:
 * `bun ui/e2e/screenshots.ts [part of a name]`.
 */

const FOLDER = join(import.meta.dir, '../../screenshots')
const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
} as const
const SCHEMES = ['light', 'dark'] as const
const CUSTOMERS = ['Alice Miller', 'Bob Okafor', 'Chloé Dubois', 'Dmitri Ivanov', 'Émile Ångström']

interface View {
  readonly name: string
  readonly as: 'Alice' | 'Bob' | 'Sam' | null
  readonly show: (page: Page) => Promise<void>
}

async function seedOrders(server: TestServer): Promise<string> {
  const products = (await (await server.request('/api/products')).json()) as {
    items: { id: string }[]
  }
  const staff = await server.signIn('sam', 'staff')
  let newest = ''
  for (let index = 0; index < 74; index++) {
    const name = CUSTOMERS[index % CUSTOMERS.length]!
    const token = await server.signIn(name.split(' ')[0]!, 'customer')
    const pick = (step: number) => products.items[(index * step) % products.items.length]!.id
    const placed = await server.request('/api/orders', {
      token,
      json: {
        items: [...new Set([pick(1), pick(3)])].map((productId) => ({
          productId,
          quantity: 1 + (index % 3),
        })),
        shippingAddress: {
          name,
          line1: `${index + 1} Harbour Street`,
          city: 'Hamburg',
          postalCode: '20457',
          country: 'DE',
        },
      },
    })
    const { orderId } = (await placed.json()) as { orderId: string }
    if (name.startsWith('Alice')) newest = orderId
    const path = ['processing', 'shipped', 'delivered'].slice(0, index % 5 === 4 ? 0 : index % 4)
    for (const [step, status] of path.entries()) {
      await server.request(`/api/admin/orders/${orderId}`, {
        method: 'PATCH',
        token: staff,
        json: { status },
        headers: { 'if-match': `"${step + 1}"` },
      })
    }
    if (index % 5 === 4) {
      await server.request(`/api/orders/${orderId}/cancel`, {
        token,
        json: { reason: 'Ordered twice by mistake' },
      })
    }
  }
  return newest
}

/** The page is there, and so is every picture on it. (A shared connection is never idle.) */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1, includeHidden: true }).first().waitFor()
  await page.waitForFunction(
    () =>
      document.querySelector('.skeleton') === null &&
      [...document.images].every((picture) => picture.loading === 'lazy' || picture.complete),
  )
  // Lazy ones that are in view have been asked for by now.
  await page.waitForTimeout(200)
}

function viewsOf(orderId: string, happen: () => Promise<void>): readonly View[] {
  const at = (path: string) => async (page: Page) => {
    await page.goto(path)
    await settled(page)
  }
  const fillCart = async (page: Page) => {
    await page.goto('/')
    const add = page.getByRole('button', { name: /^Add / })
    await add.first().click()
    await add.nth(2).click()
    await add.nth(2).click()
  }
  return [
    { name: 'shop', as: null, show: at('/') },
    { name: 'sign-in', as: null, show: at('/sign-in') },
    { name: 'shop-cart', as: 'Alice', show: fillCart },
    {
      name: 'checkout',
      as: 'Alice',
      async show(page) {
        await fillCart(page)
        await page.goto('/checkout')
        await page.getByLabel('City').fill('Hamburg')
        await page.getByRole('button', { name: 'Place order' }).click()
      },
    },
    { name: 'checkout-empty', as: 'Bob', show: at('/checkout') },
    { name: 'orders', as: 'Alice', show: at('/orders') },
    { name: 'order', as: 'Alice', show: at(`/orders/${orderId}`) },
    {
      name: 'cancel',
      as: 'Alice',
      async show(page) {
        await page.goto('/orders')
        await page
          .getByRole('button', { name: /^Cancel order/ })
          .first()
          .click()
      },
    },
    {
      name: 'connection',
      as: 'Alice',
      async show(page) {
        await page.goto('/orders')
        await page.locator('[data-connection="live"]').click()
      },
    },
    { name: 'order-staff', as: 'Sam', show: at(`/orders/${orderId}`) },
    { name: 'board', as: 'Sam', show: at('/board') },
    {
      name: 'board-pending',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        await page.getByRole('group', { name: 'Status' }).getByText('Pending').click()
      },
    },
    {
      name: 'board-nothing',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        await page.getByRole('searchbox').fill('nobody')
        await page.getByText('Nothing found').waitFor()
      },
    },
    {
      name: 'board-search-toasts',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        await page.getByRole('searchbox').fill('alice')
        await page.locator('[data-connection="live"]').waitFor()
        await happen()
        await page.locator('[data-toast="warning"]').first().waitFor()
        await page.locator('[data-connection]').click()
      },
    },
    {
      name: 'board-sorted',
      as: 'Sam',
      async show(page) {
        await page.goto('/board?sort=total&dir=desc')
        await page.getByRole('button', { name: 'Load all' }).waitFor()
      },
    },
    {
      name: 'board-selected',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        const ticks = page.locator('[data-order]').getByRole('checkbox')
        await ticks.nth(1).click()
        await ticks.nth(4).click({ modifiers: ['Shift'] })
        await page.getByText('4 selected').waitFor()
      },
    },
    {
      name: 'board-held',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        const ticks = page.locator('[data-order]').getByRole('checkbox')
        await ticks.nth(1).click()
        await ticks.nth(8).click({ modifiers: ['Shift'] })
        const actions = page.getByRole('group', { name: 'Selected orders' }).getByRole('button')
        await actions.first().click()
        await page.locator('[data-held]').waitFor()
      },
    },
    {
      name: 'board-drawer',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        await page.locator('[data-order]').nth(2).getByRole('link').click()
        await page.locator('[data-drawer] [data-version]').first().waitFor()
      },
    },
    {
      name: 'board-keys',
      as: 'Sam',
      async show(page) {
        await page.goto('/board')
        await page.locator('[data-order]').first().waitFor()
        await page.keyboard.press('?')
        await page.getByRole('dialog').waitFor()
      },
    },
    { name: 'board-refused', as: 'Bob', show: at('/board') },
    { name: 'products', as: 'Sam', show: at('/products') },
    {
      name: 'products-dialog',
      as: 'Sam',
      async show(page) {
        await page.goto('/products')
        await page.getByRole('button', { name: 'Edit House Blend' }).click()
        await settled(page)
      },
    },
    {
      name: 'products-add',
      as: 'Sam',
      async show(page) {
        await page.goto('/products')
        await page.getByRole('button', { name: 'Add product' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Add product' }).click()
        await settled(page)
      },
    },
    { name: 'products-refused', as: 'Bob', show: at('/products') },
    { name: 'not-found', as: null, show: at('/nowhere') },
  ]
}

async function picture(browser: Browser, server: TestServer, view: View): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const page = await openPage(browser, server.url)
    await page.setViewportSize(viewport)
    if (view.as) await signIn(page, view.as, '/nowhere')
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await view.show(page)
      await page.screenshot({ path: join(FOLDER, `${view.name}-${size}-${colorScheme}.png`) })
    }
    await page.context().close()
  }
}

mkdirSync(FOLDER, { recursive: true })
await buildUi()
const server = await startTestServer({ LOG_LEVEL: 'warn' })
const browser = await openBrowser()
try {
  const shop = createShop(server)
  const happen = async () => {
    const order = await shop.place('alice', 'walnut-board')
    await shop.place('bob')
    await shop.changeStatus(order, 'cancelled', 'Out of stock until next week')
  }
  const only = process.argv[2] ?? ''
  const views = viewsOf(await seedOrders(server), happen).filter((view) => view.name.includes(only))
  for (const view of views) await picture(browser, server, view)
  const letterViews = LETTER_VIEWS.filter((view) => view.name.includes(only))
  if (letterViews.length > 0) {
    await using scene = await openLettersScene()
    for (const view of letterViews) await picture(browser, scene.server, view)
  }
} finally {
  await browser.close()
  await server.stop()
}
