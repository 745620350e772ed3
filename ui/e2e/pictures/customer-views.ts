import type { Page } from 'playwright-core'
import { live } from '../shop'
import { alertAt, at, loadingAt, settled, silent, unreachable, type Scene, type View } from './view'

/** What customers see, and whoever is not signed in. */
export const CUSTOMER_VIEWS: readonly View[] = [
  { name: 'shop', as: null, main: true, show: at('/') },
  { name: 'shop-loading', as: null, prepare: silent(/\/api\/products/), show: loadingAt('/') },
  { name: 'shop-error', as: null, prepare: unreachable(/\/api\/products/), show: alertAt('/') },
  { name: 'shop-empty', as: null, shop: 'without products', show: at('/') },
  { name: 'shop-cart', as: 'Alice', show: fillCart },
  {
    name: 'shop-cart-gone',
    as: 'Alice',
    async show(page, { server }) {
      await fillCart(page)
      const json = { active: false }
      const headers = { 'if-match': '*' }
      const token = await server.signIn('kim', 'staff')
      const options = { method: 'PATCH', token, headers, json }
      await server.request('/api/admin/products/espresso-cup', options)
      await page.reload()
      await page.getByText('no longer for sale').waitFor()
      await settled(page)
    },
  },
  {
    name: 'checkout',
    as: 'Alice',
    async show(page) {
      await fillCart(page)
      await page.goto('/checkout')
      await page.getByLabel('Full name').fill('Alice Miller')
      await settled(page)
    },
  },
  {
    name: 'checkout-errors',
    as: 'Alice',
    async show(page) {
      await fillCart(page)
      await page.goto('/checkout')
      await page.getByLabel('City').fill('Hamburg')
      await page.getByRole('button', { name: 'Place order' }).click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
      await settled(page)
    },
  },
  {
    name: 'checkout-signed-out',
    as: null,
    async show(page) {
      await fillCart(page)
      await at('/checkout')(page)
    },
  },
  { name: 'checkout-empty', as: 'Bob', show: at('/checkout') },
  { name: 'sign-in', as: null, show: at('/sign-in') },
  { name: 'sign-in-token', as: null, shop: 'guarded', show: at('/sign-in') },
  { name: 'sign-in-first', as: null, show: at('/orders') },
  {
    name: 'sign-in-expired',
    as: 'Alice',
    async show(page) {
      await page.goto('/orders')
      await expireToken(page)
      await page.reload()
      await page.getByText('Your session has ended').first().waitFor()
    },
  },
  { name: 'orders', as: 'Alice', main: true, show: at('/orders') },
  { name: 'orders-empty', as: 'Alice', shop: 'empty', show: at('/orders') },
  {
    name: 'orders-loading',
    as: 'Alice',
    prepare: silent(/\/api\/orders/),
    show: loadingAt('/orders'),
  },
  {
    name: 'orders-error',
    as: 'Alice',
    prepare: unreachable(/\/api\/orders/),
    show: alertAt('/orders'),
  },
  {
    name: 'orders-away',
    as: 'Alice',
    async show(page, scene) {
      await page.goto('/orders')
      await live(page)
      await page.goto('about:blank')
      await whatHappens(scene)
      await page.goto('/orders')
      await page.locator('[data-toast]').first().waitFor()
      await settled(page)
    },
  },
  {
    name: 'orders-toasts',
    as: 'Alice',
    async show(page, scene) {
      await page.goto('/orders')
      await live(page)
      await whatHappens(scene)
      await page.locator('[data-toast="warning"]').waitFor()
      await settled(page)
    },
  },
  {
    name: 'order',
    as: 'Alice',
    main: true,
    show: (page, { seeded }) => order(page, seeded.onItsWay),
  },
  {
    name: 'order-delivered',
    as: 'Alice',
    show: (page, { seeded }) => order(page, seeded.delivered),
  },
  {
    name: 'order-cancelled',
    as: 'Alice',
    show: (page, { seeded }) => order(page, seeded.cancelled),
  },
  { name: 'order-staff', as: 'Sam', show: (page, { seeded }) => order(page, seeded.onItsWay) },
  {
    name: 'order-not-found',
    as: 'Alice',
    show: at('/orders/0192f3a1-7c44-7b1e-9d0c-5a7be1c40f21'),
  },
  {
    name: 'order-loading',
    as: 'Bob',
    prepare: silent(/\/api\/orders\/./),
    show: (page, { seeded }) => loadingAt(`/orders/${seeded.onItsWay.orderId}`)(page),
  },
  {
    name: 'order-error',
    as: 'Bob',
    prepare: unreachable(/\/api\/orders\/./),
    show: (page, { seeded }) => alertAt(`/orders/${seeded.onItsWay.orderId}`)(page),
  },
  {
    name: 'account-menu',
    as: 'Alice',
    async show(page) {
      await at('/')(page)
      await page.getByRole('banner').getByRole('button', { name: 'Alice' }).click()
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'cancel',
    as: 'Alice',
    async show(page) {
      await at('/orders')(page)
      await page
        .getByRole('button', { name: /^Cancel order/ })
        .first()
        .click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'not-found', as: null, show: at('/nowhere') },
  {
    name: 'page-error',
    as: 'Alice',
    prepare: unreachable(/orders-page/),
    show: alertAt('/orders'),
  },
]

async function fillCart(page: Page): Promise<void> {
  await page.goto('/')
  const add = page.getByRole('button', { name: /^Add / })
  await add.first().click()
  await add.nth(2).click()
  await add.nth(2).click()
  await settled(page)
}

async function order(page: Page, { orderId }: { readonly orderId: string }): Promise<void> {
  await page.goto(`/orders/${orderId}`)
  await page.locator('[data-version]').first().waitFor()
  await settled(page)
}

/** Three of the newest things that can happen to Alice. */
async function whatHappens({ shop, seeded }: Scene): Promise<void> {
  const next = await shop.changeStatus(seeded.newest, 'processing')
  await shop.changeStatus(next, 'shipped')
  const order = await shop.place('alice', 'olive-oil')
  await shop.changeStatus(order, 'cancelled', 'Out of stock until next week')
}

/** What a browser finds that was closed for longer than its token lives. */
function expireToken(page: Page): Promise<void> {
  return page.evaluate(() => {
    const name = 'orderwire:session'
    const session = JSON.parse(localStorage.getItem(name)!) as { readonly token: string }
    const claims = btoa(JSON.stringify({ sub: 'alice', exp: 1 })).replaceAll('=', '')
    const token = session.token.split('.').with(1, claims).join('.')
    localStorage.setItem(name, JSON.stringify({ ...session, token }))
  })
}
