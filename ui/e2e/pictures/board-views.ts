import { drawer, fresh, hold, open, select, selectOrders, startProcessing } from './board-steps'
import { alertAt, at, loadingAt, settled, silent, unreachable, type View } from './view'

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
