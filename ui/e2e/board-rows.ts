import type { Page } from 'playwright-core'
import { orderNumber, type Order } from '../../server/protocol/order'

/** The orders in the rows of the board that are in the page, from top to bottom. */
export function rowsDown(
  page: Page,
): Promise<readonly { readonly number: string; readonly status: string }[]> {
  return page.locator('[data-order]').evaluateAll((rows) =>
    rows
      .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map((row) => ({
        number: row.getAttribute('data-order')!,
        status: row.querySelector('[data-status]')!.getAttribute('data-status')!,
      })),
  )
}

/** Waits until the row of an order has the focus. */
export async function focusComesTo(page: Page, { orderId }: Pick<Order, 'orderId'>): Promise<void> {
  await page.waitForFunction(
    (number) =>
      document.activeElement?.closest('[data-order]')?.getAttribute('data-order') === number,
    orderNumber(orderId),
  )
}
