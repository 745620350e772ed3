import type { Locator, Page } from 'playwright-core'
import type { Order } from '../../../server/protocol/order'
import { live, row } from '../shop'
import { alertAt, at, loadingAt, settled, silent, unreachable, type Scene, type View } from './view'

/** The live board of staff. */
export const BOARD_VIEWS: readonly View[] = [
  { name: 'board', as: 'Sam', main: true, show: open },
  { name: 'board-empty', as: 'Sam', shop: 'empty', show: at('/board') },
  {
    name: 'board-loading',
    as: 'Sam',
    prepare: silent(/\/api\/admin\/orders/),
    show: loadingAt('/board'),
  },
  {
    name: 'board-error',
    as: 'Sam',
    prepare: unreachable(/\/api\/admin\/orders/),
    show: alertAt('/board'),
  },
  { name: 'board-refused', as: 'Bob', show: at('/board') },
  { name: 'board-signed-out', as: null, show: at('/board') },
  { name: 'board-pending', as: 'Sam', show: at('/board?status=pending') },
  {
    name: 'board-sorted',
    as: 'Sam',
    async show(page) {
      await page.goto('/board?sort=total&dir=desc')
      await page.getByRole('button', { name: 'Load all' }).waitFor()
      await settled(page)
    },
  },
  {
    name: 'board-nothing',
    as: 'Sam',
    async show(page) {
      await page.goto('/board?q=nobody')
      await page.getByText('Nothing found').waitFor()
    },
  },
  {
    name: 'board-search-error',
    as: 'Sam',
    prepare: unreachable(/\/api\/admin\/orders\?.*search=/),
    show: alertAt('/board?q=grinder'),
  },
  {
    name: 'board-toasts',
    as: 'Sam',
    async show(page, { shop, seeded }) {
      await open(page)
      await shop.place('alice', 'walnut-board')
      await shop.place('bob')
      await shop.changeStatus(seeded.newest, 'cancelled', 'Out of stock until next week')
      await page.locator('[data-toast="warning"]').first().waitFor()
    },
  },
  {
    name: 'board-new-orders',
    as: 'Sam',
    async show(page, { shop }) {
      await open(page)
      await page.mouse.move(400, 600)
      await page.mouse.wheel(0, 1_500)
      await page.waitForFunction(() => window.scrollY > 0)
      for (const who of ['alice', 'bob', 'chloé']) await shop.place(who)
      await page.getByRole('button', { name: '3 new orders' }).waitFor()
    },
  },
  {
    name: 'board-selected',
    as: 'Sam',
    async show(page) {
      await open(page)
      await select(page, 4)
    },
  },
  {
    name: 'board-held',
    as: 'Sam',
    async show(page) {
      await hold(page)
      await page.locator('[data-held]').first().waitFor()
    },
  },
  {
    name: 'board-conflict',
    as: 'Sam',
    async show(page, scene) {
      const orders = await fresh(page, scene)
      await selectOrders(page, orders)
      await startProcessing(page)
      await page.locator('[data-held]').first().waitFor()
      await scene.shop.changeStatus(orders[0]!, 'processing')
      const next = await scene.shop.changeStatus(orders[1]!, 'processing')
      await scene.shop.changeStatus(next, 'shipped')
      await scene.shop.changeStatus(orders[2]!, 'cancelled', 'Out of stock')
      await page.locator('[data-open-changes] li').nth(1).waitFor()
    },
  },
  {
    name: 'board-failed',
    as: 'Sam',
    async show(page, scene) {
      const orders = await fresh(page, scene)
      await page.context().route(/\/api\/admin\/orders\/./, (route) => route.abort())
      await selectOrders(page, orders.slice(0, 2))
      await startProcessing(page)
      await page.locator('[data-open-changes] li').nth(1).waitFor()
    },
  },
  {
    name: 'board-offline',
    as: 'Sam',
    async show(page) {
      await open(page)
      await page.context().setOffline(true)
      await page.locator('[data-connection="offline"]').waitFor()
    },
  },
  {
    name: 'board-drawer',
    as: 'Sam',
    main: true,
    show: (page, { seeded }) => drawer(page, seeded.onItsWay),
  },
  {
    name: 'board-drawer-error',
    as: 'Sam',
    show: alertAt('/board?order=0192f3a1-7c44-7b1e-9d0c-5a7be1c40f21'),
  },
  {
    name: 'board-cancel',
    as: 'Sam',
    async show(page, { seeded }) {
      await drawer(page, seeded.newest)
      await page
        .getByRole('button', { name: /^Cancel order/ })
        .last()
        .click()
      await page.getByLabel('Reason').waitFor()
    },
  },
  {
    name: 'board-keys',
    as: 'Sam',
    async show(page) {
      await open(page)
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  },
]

function rows(page: Page): Locator {
  return page.locator('[data-order]')
}

async function open(page: Page): Promise<void> {
  await page.goto('/board')
  await live(page)
  await rows(page).first().waitFor()
  await settled(page)
}

async function drawer(page: Page, { orderId }: Order): Promise<void> {
  await page.goto(`/board?order=${orderId}`)
  await page.locator('[data-drawer] [data-version]').first().waitFor()
  await settled(page)
}

/** Selects the first rows. */
async function select(page: Page, amount: number): Promise<void> {
  const ticks = rows(page).getByRole('checkbox')
  await ticks.first().click()
  await ticks.nth(amount - 1).click({ modifiers: ['Shift'] })
  await page.getByText(`${amount} selected`).waitFor()
}

async function hold(page: Page): Promise<void> {
  await page.goto('/board?status=pending')
  await live(page)
  await rows(page).first().waitFor()
  await settled(page)
  await select(page, 6)
  await startProcessing(page)
}

/** Three orders that nobody has touched, on the board. */
async function fresh(page: Page, { shop }: Scene): Promise<readonly Order[]> {
  await open(page)
  const orders = [
    await shop.place('alice', 'walnut-board'),
    await shop.place('bob', 'olive-oil'),
    await shop.place('farah'),
  ]
  for (const order of orders) await row(page, order).waitFor()
  return orders
}

async function selectOrders(page: Page, orders: readonly Order[]): Promise<void> {
  for (const order of orders) await row(page, order).getByRole('checkbox').click()
}

async function startProcessing(page: Page): Promise<void> {
  await page
    .getByRole('group', { name: 'Selected orders' })
    .getByRole('button', { name: /^Processing/ })
    .click()
}
