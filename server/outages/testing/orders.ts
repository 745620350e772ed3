import type { Order } from '../../protocol/order'
import type { OrderStatus } from '../../protocol/order-status'
import type { Cluster } from './cluster'

/** What a customer sends who buys something. */
export const NEW_ORDER = {
  items: [{ productId: 'tea-towel', quantity: 1 }],
  shippingAddress: {
    name: 'Alice',
    line1: 'Main Street 1',
    city: 'Berlin',
    postalCode: '10115',
    country: 'DE',
  },
} as const

/** Places an order as this customer through the server at `url`. Throws unless it is placed. */
export async function placeOrder(
  cluster: Cluster,
  url: string,
  customer: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Order> {
  const token = await cluster.token(customer)
  return askFor(`${url}/api/orders`, 'POST', token, headers, NEW_ORDER)
}

/** Moves it on as staff through the server at `url`. */
export async function moveOn(
  cluster: Cluster,
  url: string,
  { orderId, version }: Order,
  status: OrderStatus,
): Promise<Order> {
  const token = await cluster.token('sam', 'staff')
  const ifMatch = { 'if-match': `"${version}"` }
  return askFor(`${url}/api/admin/orders/${orderId}`, 'PATCH', token, ifMatch, { status })
}

/** As its owner sees it through the server at `url`. */
export async function readOrder(
  cluster: Cluster,
  url: string,
  { orderId, buyerId }: Order,
): Promise<Order> {
  return askFor(`${url}/api/orders/${orderId}`, 'GET', await cluster.token(buyerId!))
}

async function askFor(
  url: string,
  method: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Order> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Order
}
