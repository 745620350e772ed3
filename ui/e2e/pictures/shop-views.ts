import type { Page } from 'playwright-core'
import { alertAt, at, loadingAt, settled, silent, unreachable, type View } from './view'

/** Shop and sign-in. */
export const SHOP_VIEWS: readonly View[] = [
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
  {
    name: 'account-menu',
    as: 'Alice',
    async show(page) {
      await at('/')(page)
      await page.getByRole('banner').getByRole('button', { name: 'Alice' }).click()
      await page.getByRole('menu').waitFor()
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
