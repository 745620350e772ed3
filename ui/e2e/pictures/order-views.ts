import type { Page } from 'playwright-core'
import { live } from '../shop'
import { alertAt, at, loadingAt, settled, silent, unreachable, type Scene, type View } from './view'

/** The orders of a customer, and one of them. */
export const ORDER_VIEWS: readonly View[] = [
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
]

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
