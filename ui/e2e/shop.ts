import type { Locator, Page } from 'playwright-core'
import type { Order } from '../../server/protocol/order'
import { orderNumber } from '../../server/protocol/order'
import type { OrderStatus } from '../../server/protocol/order-status'
import { signInAt } from '../../server/testing/server-process'
import type { TestServer } from '../../server/testing/test-server'
import { DEADLINE_MS } from './browser'

/** What the tests do over REST, as somebody whose browser is not looked at. */
export interface Shop {
  /** One of each product; an espresso cup where none is named. */
  place(name: string, ...productIds: readonly string[]): Promise<Order>
  changeStatus(order: Order, status: OrderStatus, reason?: string): Promise<Order>
}

export type Requests = Pick<TestServer, 'signIn' | 'request'>

/** To a server that is a process of its own. */
export function requestsTo(url: string): Requests {
  return {
    signIn: (name, role) => signInAt(url, name, role),
    request: (path, { method, token, json, headers } = {}) =>
      fetch(`${url}${path}`, {
        method: method ?? (json === undefined ? 'GET' : 'POST'),
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
  }
}

export function createShop(server: Requests): Shop {
  async function answer(response: Response): Promise<Order> {
    if (!response.ok) throw new Error(`Expected success, found: ${await response.text()}`)
    return (await response.json()) as Order
  }
  return {
    async place(name, ...productIds) {
      const token = await server.signIn(name, 'customer')
      const shippingAddress = {
        name: `${name} Miller`,
        line1: '12 Harbour Street',
        city: 'Hamburg',
        postalCode: '20457',
        country: 'DE',
      }
      const products = productIds.length > 0 ? productIds : ['espresso-cup']
      const items = products.map((productId) => ({ productId, quantity: 1 }))
      const json = { items, shippingAddress }
      return answer(await server.request('/api/orders', { token, json }))
    },
    async changeStatus(order, status, reason) {
      const token = await server.signIn('sam', 'staff')
      return answer(
        await server.request(`/api/admin/orders/${order.orderId}`, {
          method: 'PATCH',
          token,
          json: { status, ...(reason && { reason }) },
          headers: { 'if-match': `"${order.version}"` },
        }),
      )
    },
  }
}

/** Waits until the page is connected and has all that there is. */
export async function live(page: Page, timeout = DEADLINE_MS): Promise<void> {
  await page.locator('[data-connection="live"]').waitFor({ timeout })
}

export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator('[data-toast]').filter({ hasText: text })
}

/** Says at the checkout where it goes. */
export async function fillAddress(page: Page, name: string): Promise<void> {
  for (const [label, text] of [
    ['Full name', name],
    ['Street and number', '1 Quay'],
    ['Postal code', '20457'],
    ['City', 'Hamburg'],
  ] as const) {
    await page.getByLabel(label).fill(text)
  }
  await page.getByLabel('Country').selectOption('DE')
}

/** The order whose page the checkout leads to. */
export async function placedOrder(page: Page): Promise<Pick<Order, 'orderId'>> {
  await page.waitForURL(/\/orders\/[0-9a-f-]+$/)
  return { orderId: new URL(page.url()).pathname.split('/')[2]! }
}

/** The row of an order on the board. */
export function row(page: Page, order: Pick<Order, 'orderId'>): Locator {
  return page.locator(`[data-order="${orderNumber(order.orderId)}"]`)
}

export function tile(
  page: Page,
  name: 'orders' | 'revenue' | OrderStatus,
  figure: string,
): Locator {
  const exact = new RegExp(`^${figure.replaceAll('.', '\\.')}$`)
  return page.locator(`[data-tile="${name}"] [data-figure]`).filter({ hasText: exact })
}

/** A page that is loaded again loses this mark. */
export async function markLoad(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
}

export function keptMark(page: Page): Promise<boolean> {
  return page.evaluate(() => 'loadedOnce' in window)
}

/** The versions in the timeline of the order that the page shows, from top to bottom. */
export function timeline(page: Page): Promise<(string | null)[]> {
  return page
    .locator('[data-version]')
    .evaluateAll((steps) => steps.map((step) => step.getAttribute('data-version')))
}

/** Waits until the connection panel tells this of the last interruption, or reload. */
export async function lastResume(page: Page, outcome: string): Promise<void> {
  await page.locator('[data-connection]').click()
  await page.getByText(outcome).waitFor()
  await page.keyboard.press('Escape')
}

/** Waits until the server has so many sockets. */
export async function sockets(page: Page, count: number): Promise<void> {
  const isSo = async (text: string) =>
    (await (await fetch('/metrics')).text()).split('\n').includes(text)
  await page.waitForFunction(isSo, `orderwire_sockets ${count}`, { polling: 100 })
}

/** Keeps what toasts say, from now on: on a busy machine they are gone before they are looked at. */
export function recordToasts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const told: string[] = []
    Object.assign(window, { told })
    const record = (records: readonly MutationRecord[]) => {
      for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (!(node instanceof Element)) continue
        const toasts = [node, ...node.querySelectorAll('*')].filter((each) =>
          each.matches('[data-toast]'),
        )
        told.push(...toasts.map((toast) => toast.querySelector('a')?.textContent ?? ''))
      }
    }
    new MutationObserver(record).observe(document.body, { childList: true, subtree: true })
  })
}

/** Waits until so many toasts were shown since `recordToasts`. Resolves to what they said. */
export async function told(page: Page, count: number): Promise<readonly string[]> {
  const all = await page.waitForFunction((least) => {
    const { told } = window as unknown as { told: readonly string[] }
    return told.length >= least && told
  }, count)
  return (await all.jsonValue()) as readonly string[]
}
