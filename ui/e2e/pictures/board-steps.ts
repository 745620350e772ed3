import type { Locator, Page } from 'playwright-core'
import type { Order } from '../../../server/protocol/order'
import { live, row } from '../shop'
import { settled, type Scene } from './view'

function rows(page: Page): Locator {
  return page.locator('[data-order]')
}

export async function open(page: Page): Promise<void> {
  await page.goto('/board')
  await live(page)
  await rows(page).first().waitFor()
  await settled(page)
}

export async function drawer(page: Page, { orderId }: Order): Promise<void> {
  await page.goto(`/board?order=${orderId}`)
  await page.locator('[data-drawer] [data-version]').first().waitFor()
  await settled(page)
}

/** Selects the first rows. */
export async function select(page: Page, amount: number): Promise<void> {
  const ticks = rows(page).getByRole('checkbox')
  await ticks.first().click()
  await ticks.nth(amount - 1).click({ modifiers: ['Shift'] })
  await page.getByText(`${amount} selected`).waitFor()
}

export async function hold(page: Page): Promise<void> {
  await page.goto('/board?status=pending')
  await live(page)
  await rows(page).first().waitFor()
  await settled(page)
  await select(page, 6)
  await startProcessing(page)
}

/** Three orders that nobody has touched, on the board. */
export async function fresh(page: Page, { shop }: Scene): Promise<readonly Order[]> {
  await open(page)
  const orders = [
    await shop.place('alice', 'walnut-board'),
    await shop.place('bob', 'olive-oil'),
    await shop.place('farah'),
  ]
  for (const order of orders) await row(page, order).waitFor()
  return orders
}

export async function selectOrders(page: Page, orders: readonly Order[]): Promise<void> {
  for (const order of orders) await row(page, order).getByRole('checkbox').click()
}

export async function startProcessing(page: Page): Promise<void> {
  await page
    .getByRole('group', { name: 'Selected orders' })
    .getByRole('button', { name: /^Processing/ })
    .click()
}
