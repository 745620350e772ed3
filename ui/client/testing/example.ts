import { foldInto } from '../../../server/protocol/fold'
import type { Order } from '../../../server/protocol/order'
import { createClient, type Client, type Snapshot } from '../../client'

/** Shows a customer's orders, and what becomes of them, until the client is closed. */
export function followOrders(
  shop: string,
  customer: { readonly subject: string; readonly token: () => Promise<string | null> },
  render: (orders: readonly Order[], news?: Order) => void,
): Client {
  const orders = new Map<string, Order>()
  const client = createClient({
    url: `${shop.replace(/^http/, 'ws')}/ws`,
    ...customer,
    async snapshot(_channel, signal) {
      const headers = { authorization: `Bearer ${await customer.token()}` }
      const response = await fetch(`${shop}/api/orders`, { headers, signal })
      if (!response.ok) throw new Error(`The orders were answered ${response.status}.`)
      return (await response.json()) as Snapshot
    },
  })

  client.on('snapshot', ({ items }) => {
    orders.clear()
    for (const order of items) orders.set(order.orderId, order)
    // "While you were away": of a snapshot, what is not as it was last seen.
    const away = items.filter((order) => client.seen.mark(order) === 'risen')
    render([...orders.values()], away[0])
  })
  for (const event of ['order:created', 'order:updated', 'order:cancelled'] as const) {
    client.on(event, (order) => {
      foldInto(orders, order)
      const isNews = client.seen.mark(order) !== 'known'
      render([...orders.values()], isNews ? order : undefined)
    })
  }
  client.subscribe('orders')
  client.connect()
  return client
}
