import type { Order } from '../../protocol/order'
import { within } from '../../testing/within'
import type { Cluster } from './cluster'
import { NEW_ORDER } from './orders'

/** Customers who place orders one after the other, and staff who move each of them on. */
export interface Shoppers {
  /** Facts (`orderId@version`) whose command was answered with success. */
  readonly acknowledged: ReadonlySet<string>
  /** Answers that were no success, by status: an outage may make some, never a wrong one. */
  readonly refused: ReadonlyMap<number, number>
  /** How many requests nobody answered: refused or broken connections, and what took too long. */
  readonly unanswered: number
  /** Resolves once so many more facts were acknowledged. */
  more(count: number, deadlineMs?: number): Promise<void>
  /** Resolves when the last command was answered; nothing is left in flight. */
  close(): Promise<void>
}

export interface ShopperOptions {
  readonly customers: readonly string[]
  /** Of those who run now, asked for each request. */
  readonly urls: () => readonly string[]
  /** Milliseconds between two orders of one customer; 0: as fast as they are answered. */
  readonly everyMs?: number
}

/** What becomes of an order after it was placed; half are cancelled, half are moved on. */
const PATHS = [['processing', 'shipped', 'delivered'], ['cancelled']] as const
const RETRY_MS = 50
const REQUEST_MS = 10_000
const CLOSE_MS = 60_000

export async function startShoppers(cluster: Cluster, options: ShopperOptions): Promise<Shoppers> {
  const acknowledged = new Set<string>()
  const refused = new Map<number, number>()
  const staff = await cluster.token('sam', 'staff')
  const waiting = new Set<() => void>()
  let open = true
  let turn = 0
  let unanswered = 0

  /** Asks until somebody answers for good; null where the order had been changed already. */
  async function command(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: object,
  ): Promise<Order | null> {
    for (;;) {
      const urls = options.urls()
      const url = urls[turn++ % Math.max(1, urls.length)]
      const response = url && (await request(`${url}${path}`, method, headers, body))
      if (response === null) unanswered++
      if (response && response.ok) {
        const order = (await response.json()) as Order
        acknowledged.add(`${order.orderId}@${order.version}`)
        for (const look of waiting) look()
        return order
      }
      if (response) {
        refused.set(response.status, (refused.get(response.status) ?? 0) + 1)
        await response.body?.cancel()
        const { status } = response
        // It was changed by an earlier attempt whose answer was lost.
        if (method === 'PATCH' && (status === 412 || status === 409)) return null
        // A POST whose earlier attempt is still in flight somewhere is asked again.
        if (status < 500 && status !== 409) throw new Error(`${method} ${path}: ${status}`)
      }
      await Bun.sleep(RETRY_MS)
    }
  }

  async function shop(customer: string, index: number): Promise<void> {
    const token = await cluster.token(customer)
    for (let count = index; open; count++) {
      const order = await placeOrder(command, token)
      let version = order?.version ?? 0
      for (const status of order ? PATHS[count % PATHS.length]! : []) {
        const headers = { authorization: `Bearer ${staff}`, 'if-match': `"${version}"` }
        const path = `/api/admin/orders/${order!.orderId}`
        const changed = await command('PATCH', path, headers, { status })
        if (!changed) break
        ;({ version } = changed)
      }
      if (options.everyMs) await Bun.sleep(options.everyMs)
    }
  }

  const shopping = Promise.all(options.customers.map(shop))
  // Whoever closes sees it fail.
  shopping.catch(() => {})
  return {
    acknowledged,
    refused,
    get unanswered() {
      return unanswered
    },
    more(count, deadlineMs = 30_000) {
      const wanted = acknowledged.size + count
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = () => {
        if (acknowledged.size >= wanted) resolve()
      }
      waiting.add(look)
      shopping.catch(reject)
      return within(promise, `${count} more facts`, deadlineMs).finally(() => waiting.delete(look))
    },
    async close() {
      open = false
      await within(shopping, 'the last commands', CLOSE_MS)
    },
  }
}

function placeOrder(
  command: (
    method: string,
    path: string,
    headers: Record<string, string>,
    body: object,
  ) => Promise<Order | null>,
  token: string,
): Promise<Order | null> {
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': crypto.randomUUID(),
  }
  return command('POST', '/api/orders', headers, {
    ...NEW_ORDER,
    items: [{ productId: 'espresso-cup', quantity: 1 }],
  })
}

/** Null where nobody answered: the node went away, or is frozen. */
async function request(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: object,
): Promise<Response | null> {
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_MS),
    })
  } catch {
    return null
  }
}
